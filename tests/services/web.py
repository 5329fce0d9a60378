"""The real ASGI application under uvicorn, on the test's own database and artifacts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.buckets import store_variables
from tests.services.ports import free_port, wait_for
from tests.workers.worker import database_url
from youman.core.runtime import child_process


@dataclass
class WebServer:
    """`address` has no slash at its end."""

    child: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """`kill -9` to the server and whatever it has started."""
        os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()


def environment() -> dict[str, str]:
    """What a process of its own needs to see what the test sees."""
    found = dict(os.environ) | store_variables(settings)
    return found | ({"DATABASE_URL": database_url()} if connection.vendor == "postgresql" else {})


def start(log: Path, variables: Mapping[str, str], port: int = 0) -> WebServer:
    """Start a server and return at once; `variables` are its whole environment."""
    port = port or free_port()
    command = [sys.executable, "-m", "uvicorn", "youman.asgi:application", "--port", str(port), "--no-access-log"]
    with log.open("ab") as output:
        return WebServer(child_process.spawn(command, env=variables, output=output.fileno()), port, log)


@contextmanager
def killable(log: Path, **extra: str) -> Iterator[WebServer]:
    """A server that answers by then, and may be killed."""
    server = start(log, environment() | extra)
    try:
        wait_for(server.port, server.child, log)
        yield server
    finally:
        child_process.stop(server.child, grace_s=5)


@contextmanager
def running(log: Path, **extra: str) -> Iterator[str]:
    """The address of the server."""
    with killable(log, **extra) as server:
        yield server.address
