"""Database connections around waiting: nothing is held while a vendor thinks, and no thread leaves one behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import connection, connections

P = ParamSpec("P")
T = TypeVar("T")


def let_go() -> None:
    """Give the connection back to the pool while we wait; not inside a transaction, a test's for one."""
    if not connection.in_atomic_block:
        connection.close()


def own_connection(work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """For a thread of ours: whatever connections the work opened are closed with it."""
    try:
        return work(*args, **options)
    finally:
        connections.close_all()
