"""A whole installation in the embedded mode: its own folder, every process that `make run` starts, a free port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.house_rules.source import ROOT
from tests.services.ports import free_port
from tests.waiting import HANG_S, wait_until


@dataclass(frozen=True)
class Installation:
    var: Path
    port: int
    said: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=environment(self.var), input=stdin, capture_output=True, check=False
        )

    def key(self) -> str:
        made = self.manage("api_key", "create", "--user", "admin", "--name", "tests")
        assert (made.returncode, made.stderr) == (0, b"")
        return made.stdout.decode().strip()


def environment(var: Path, **more: str) -> dict[str, str]:
    """Return the environment of a fresh machine, without any of the project's variables."""
    ours = {"DATABASE_URL", "REDIS_URL", "SITE_URL", "LANE", "DJANGO_SETTINGS_MODULE"}
    return {k: v for k, v in os.environ.items() if k not in ours} | {"YOUMAN_VAR": str(var)} | more


def launch(var: Path, port: int, said: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "youman.launcher"]
    with said.open("wb") as output:
        return subprocess.Popen(
            command, cwd=ROOT, env=environment(var, PORT=str(port)), stdout=output, stderr=subprocess.STDOUT
        )


@contextmanager
def running(var: Path, end: signal.Signals = signal.SIGTERM) -> Iterator[Installation]:
    """Up when /livez answers and the password has been printed; stopped by the signal `end`."""
    port, said = free_port(), var.with_suffix(".log")
    child = launch(var, port, said)
    try:
        _wait_for(child, port, said)
        yield Installation(var, port, said)
    finally:
        child.send_signal(end)
        child.wait(HANG_S)


def _wait_for(child: subprocess.Popen[bytes], port: int, said: Path) -> None:
    def ended() -> str | None:
        return None if child.poll() is None else f"it did not start; it said:\n{said.read_text()[-3000:]}"

    wait_until(lambda: _answers(port) and b"Press Ctrl-C to stop it" in said.read_bytes(), given_up=ended)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/livez", timeout=HANG_S).is_success
    except httpx.HTTPError:
        return False
