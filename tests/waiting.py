"""Waiting for what another thread or process does: whether it comes matters, how long it takes does not.

The only clock that tests read. Nothing here is a bound on speed: `HANG_S` is so long that a busy machine stays far
below it, and ends a run that would never end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

HANG_S = 120.0
HANG_MS = 1000 * HANG_S  # as Playwright counts


def wait_until(condition: Callable[[], object], *, given_up: Callable[[], str | None] = lambda: None) -> None:
    """Look again every few milliseconds until the condition holds.

    `given_up` says why it never will, for example that a process has ended; None while there is hope.
    Raises AssertionError with that reason, or after `HANG_S`.
    """
    deadline = time.monotonic() + HANG_S
    while not condition():
        reason = given_up()
        if reason is None and time.monotonic() > deadline:
            reason = f"it did not come within {HANG_S:.0f} s"
        if reason is not None and not condition():
            raise AssertionError(reason)
        time.sleep(0.01)


def join(*threads: threading.Thread) -> None:
    """Wait for their ends; a thread that hangs fails the test instead of outliving it unnoticed."""
    for thread in threads:
        thread.join(HANG_S)
        assert not thread.is_alive(), f"{thread.name} hangs"
