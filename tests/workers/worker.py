"""A real Celery worker on the test's own database, that can be killed as a power cut would."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from tests import waiting
from youman.core.runtime import child_process


@dataclass
class Worker:
    child: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """`kill -9` to the worker and its pool processes at once."""
        os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()

    def stop(self) -> None:
        child_process.stop(self.child, grace_s=5)


def start(queues: str = "long,default,reaper", app: str = "youman", slots: str = "1", **variables: str) -> Worker:
    """`variables` go over the environment of the tests; `slots` is how many tasks run at once."""
    folder = Path(tempfile.mkdtemp(prefix="youman-worker-"))
    log = folder / "log"
    command = [sys.executable, "-m", "celery", "-A", app, "worker", "-c", slots, "-Q", queues, "-l", "INFO"]
    environment = os.environ | {"DATABASE_URL": database_url()} if connection.vendor == "postgresql" else os.environ
    with log.open("wb") as output:
        return Worker(child_process.spawn(command, env=environment | variables, output=output.fileno()), log)


def database_url() -> str:
    parts = connection.settings_dict
    return f"postgres://{parts['USER']}@/{parts['NAME']}?host={quote(str(parts['HOST']), safe='/')}"


def wait_until(condition: Callable[[], bool], worker: Worker) -> None:
    """Fails with the worker's log when it ends first."""
    try:
        waiting.wait_until(condition, given_up=lambda: None if worker.child.poll() is None else "the worker ended")
    except AssertionError as error:
        raise AssertionError(f"{error}; the worker said:\n{worker.log.read_text()[-3000:]}") from None


def gone(pid: int) -> bool:
    """Dead, or dead and not yet taken note of by its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
