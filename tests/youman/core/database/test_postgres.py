"""A pooled connection that the server has cut is not handed out; one that was just used is not asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
from django.db import close_old_connections, connection
from psycopg import Connection

from tests.waiting import HANG_S
from youman.core.database.postgres import base

T = TypeVar("T")
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="the embedded database has no pool"),
]


@contextmanager
def request_thread() -> Iterator[Callable[[Callable[[], T]], T]]:
    """Runs each piece of work as a request does: in a thread of the server's, the connection given back after it."""
    with ThreadPoolExecutor(1) as pool:

        def run(do: Callable[[], T]) -> T:
            def whole() -> T:
                try:
                    return do()
                finally:
                    close_old_connections()

            return pool.submit(whole).result()

        yield run


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_a_cut_connection_is_replaced_before_it_is_used() -> None:
    with request_thread() as run:
        present = connection.pool.get_stats()["pool_size"] if run(backend) else 0  # type: ignore[attr-defined]
        mine = backend()
        before = {run(backend) for _ in range(2 * present)}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = ANY(%s)", [list(before)]
            )
        after = {run(backend) for _ in range(2 * present)}
    assert before & after == set()
    assert mine not in before | after


def test_only_one_that_was_idle_for_long_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    ask = base._answers

    def noted(one: Connection[Any]) -> bool:
        asked.append(one.info.backend_pid)
        return ask(one)

    monkeypatch.setattr(base, "_answers", noted)
    monkeypatch.setattr(base, "_ASK_AFTER_S", HANG_S)  # a busy machine lets the pool's others wait for seconds
    with request_thread() as run:
        seen: set[int] = set()
        while (pid := run(backend)) not in seen:  # until the pool gives one that was used before
            seen.add(pid)
            asked.clear()
        assert pid not in asked
        monkeypatch.setattr(base, "_ASK_AFTER_S", -1.0)
        assert [run(backend)] == asked
