"""The real ASGI application under uvicorn, on the test's own database and artifacts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.workers.worker import database_url
from youman.core import process


def environment() -> dict[str, str]:
    """What a process of its own needs to see what the test sees."""
    found = dict(os.environ) | {"MODEL_ARTIFACTS_PATH": str(settings.MODEL_ARTIFACTS_PATH)}
    found |= {"S3_BUCKET": settings.S3_BUCKET, "S3_ENDPOINT_URL": settings.S3_ENDPOINT_URL}
    return found | ({"DATABASE_URL": database_url()} if connection.vendor == "postgresql" else {})


@contextmanager
def running(log: Path, **extra: str) -> Iterator[str]:
    """The address of the server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "uvicorn", "youman.asgi:application", "--port", str(port), "--no-access-log"]
    with log.open("wb") as output:
        child = process.spawn(command, env=environment() | extra, output=output.fileno())
    try:
        _wait_for(port, child, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.stop(child, grace_s=5)


def _wait_for(port: int, child: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and child.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"the server did not start:\n{log.read_text()[-3000:]}")
