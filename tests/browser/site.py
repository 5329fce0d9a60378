"""The product as a browser meets it: a real ASGI server on the test's database."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tests.services.ports import free_port
from tests.waiting import HANG_S, wait_until
from tests.workers.worker import database_url
from youman.core.runtime import child_process

HOST = "127.0.0.1"


@dataclass
class Site:
    child: subprocess.Popen[bytes]
    address: str
    log: Path

    def stop(self) -> None:
        child_process.stop(self.child, grace_s=5)


def start(port: int | None = None, **variables: str) -> Site:
    """Waits until the page answers; fails with the server's log. `variables` go over the environment of the tests."""
    port = port or free_port()
    log = Path(tempfile.mkdtemp(prefix="youman-site-")) / "log"
    address = f"http://{HOST}:{port}"
    environment = os.environ | {"DATABASE_URL": database_url(), "SITE_URL": address} | variables
    command = [sys.executable, "-m", "uvicorn", "youman.asgi:application", "--host", HOST, "--port", str(port)]
    options = ["--no-proxy-headers", "--lifespan", "off", "--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    with log.open("wb") as output:
        site = Site(child_process.spawn([*command, *options], env=environment, output=output.fileno()), address, log)

    def ended() -> str | None:
        return None if site.child.poll() is None else f"the server did not start; it said:\n{log.read_text()[-3000:]}"

    wait_until(lambda: _answers(address), given_up=ended)
    return site


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/livez", timeout=HANG_S).close()
    except (urllib.error.URLError, OSError):
        return False
    return True
