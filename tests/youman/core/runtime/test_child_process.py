"""No child outlives its parent, not even one killed with SIGKILL."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.waiting import wait_until
from tests.workers.worker import gone
from youman.core.runtime import child_process

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)",
]


def test_stop_ends_a_child_politely() -> None:
    child = child_process.spawn(SLEEPER)
    assert child_process.stop(child) == -signal.SIGTERM


def test_stop_kills_a_child_that_will_not_listen() -> None:
    child = child_process.spawn(STUBBORN, output=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    assert child_process.stop(child, grace_s=0.2) == -signal.SIGKILL
    child.stdout.close()


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux only")
def test_a_killed_parent_takes_its_child_along() -> None:
    program = (
        "import subprocess, sys, time\nfrom youman.core.runtime import child_process\n"
        f"child = child_process.spawn({SLEEPER!r})\nprint(child.pid, flush=True)\ntime.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: gone(pid))
