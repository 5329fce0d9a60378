"""The processes and their keeper: a child that dies is started again, and all die together."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from youman.core.runtime import child_process

_MOST_RESTARTS = 5
_STEADY_S = 30.0  # a child that lived this long has its restarts forgiven


@dataclass(slots=True)
class Child:
    name: str
    command: list[str]
    environment: Mapping[str, str]
    running: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    restarts: int = 0

    def start(self) -> None:
        self.running = child_process.spawn(self.command, env=self.environment)
        self.started = time.monotonic()


@dataclass(slots=True)
class ProcessKeeper:
    """Children in the order they start; they stop in the opposite order."""

    children: list[Child] = field(default_factory=list)

    def add(self, name: str, command: list[str], **environment: str) -> Child:
        child = Child(name, command, os.environ | environment)
        self.children.append(child)
        child.start()
        return child

    def mend(self) -> str:
        """Start again what has died. Returns why all must stop, or nothing."""
        for child in self.children:
            status = child.running.poll() if child.running else 0
            if status is None:
                continue
            child.restarts = 1 if time.monotonic() - child.started > _STEADY_S else child.restarts + 1
            if child.restarts > _MOST_RESTARTS:
                return f"{child.name} ended {_MOST_RESTARTS} times in a row (status {status})"
            print(f"{child.name} ended with status {status}; starting it again", file=sys.stderr, flush=True)
            child.start()
        return ""

    def stop(self) -> None:
        for child in reversed(self.children):
            if child.running is not None:
                child_process.stop(child.running)
