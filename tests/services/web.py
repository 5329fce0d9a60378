"""The real ASGI application under uvicorn, on the test's own database and artifacts."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.buckets import store_variables
from tests.services.ports import free_port, wait_for
from tests.workers.worker import database_url
from youman.core.runtime import child_process


def environment() -> dict[str, str]:
    """What a process of its own needs to see what the test sees."""
    found = dict(os.environ) | store_variables(settings)
    return found | ({"DATABASE_URL": database_url()} if connection.vendor == "postgresql" else {})


@contextmanager
def running(log: Path, **extra: str) -> Iterator[str]:
    """The address of the server."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "youman.asgi:application", "--port", str(port), "--no-access-log"]
    with log.open("wb") as output:
        child = child_process.spawn(command, env=environment() | extra, output=output.fileno())
    try:
        wait_for(port, child, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        child_process.stop(child, grace_s=5)
