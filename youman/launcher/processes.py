"""The child processes and their keeper, which restarts a child that has died and stops all of them together."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from youman.core.runtime import child_process

_MOST_RESTARTS = 5
_STEADY_S = 30.0  # after this time a child's earlier restarts no longer count


@dataclass(slots=True)
class Child:
    """A child process with the command to start it. `started` is in seconds of the monotonic clock."""

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
    """Starts children in their order and stops them in the opposite order."""

    children: list[Child] = field(default_factory=list)

    def add(self, name: str, command: list[str], **environment: str) -> Child:
        child = Child(name, command, os.environ | environment)
        self.children.append(child)
        child.start()
        return child

    def restart_dead(self) -> str:
        """Restart the children that have died. Return why all must stop, or an empty string."""
        for child in self.children:
            status = child.running.poll() if child.running else 0
            if status is None:
                continue
            child.restarts = 1 if time.monotonic() - child.started > _STEADY_S else child.restarts + 1
            if child.restarts > _MOST_RESTARTS:
                return f"{child.name} ended {_MOST_RESTARTS} times in a row (status {status})"
            print(f"{child.name} ended with status {status}; restarting it", file=sys.stderr, flush=True)
            child.start()
        return ""

    def stop(self) -> None:
        for child in reversed(self.children):
            if child.running is not None:
                child_process.stop(child.running)
