"""Database connections and waiting: none is held during a vendor's call, and no thread leaves one open."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import connection, connections

P = ParamSpec("P")
T = TypeVar("T")


def release_connection() -> None:
    """Return this thread's connection to the pool while it waits, unless a transaction is open (as in tests)."""
    if not connection.in_atomic_block:
        connection.close()


def call_in_thread(work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """Call `work` as the last action of a thread, and close all connections that it opened."""
    try:
        return work(*args, **options)
    finally:
        connections.close_all()
