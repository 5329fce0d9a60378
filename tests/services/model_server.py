"""`manage.py serve_model` as it is started, on a free port."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.house_rules.source import ROOT
from tests.services.ports import free_port
from tests.waiting import HANG_S, wait_until
from youman.core.runtime import child_process


@contextmanager
def running(model: Path, *arguments: str, log: Path) -> Iterator[str]:
    """The address of the server, which answers /ping by then."""
    address = f"http://127.0.0.1:{(port := free_port())}"
    command = [sys.executable, "manage.py", "serve_model", str(model), *arguments, "--port", str(port)]
    with log.open("wb") as output:
        child = child_process.spawn(command, env=dict(os.environ), cwd=ROOT, output=output.fileno())

    def ended() -> str | None:
        return None if child.poll() is None else f"the server ended; it said:\n{log.read_text()[-3000:]}"

    try:
        wait_until(lambda: _answers(address), given_up=ended)
        yield address
    finally:
        child_process.stop(child, grace_s=5)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/ping", timeout=HANG_S).is_success
    except httpx.TransportError:
        return False
