"""Database connections around waiting: nothing is held while a vendor thinks, and no thread leaves one behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import connection, connections

P = ParamSpec("P")
T = TypeVar("T")


def release_connection() -> None:
    """Give this thread's connection back to the pool while it waits; not inside a transaction, a test's for one."""
    if not connection.in_atomic_block:
        connection.close()


def call_in_thread(work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """Call `work` as the last thing of a thread of ours: whatever connections it opened are closed with it."""
    try:
        return work(*args, **options)
    finally:
        connections.close_all()
