"""Writes that go together: who waits is written for, a bad one harms nobody, and what is lost is told to all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import pytest
from django.db import DataError, OperationalError

from serving.gateway.group_commit import MAX_VALUES, Groups
from tests.waiting import HANG_S, join, wait_until


class Writer:
    """Holds the first write until it is let go, and keeps what each write took."""

    def __init__(self, bad: int | None = None, broken: Callable[[], BaseException] | None = None) -> None:
        self.writes: list[list[int]] = []
        self.first, self.go = threading.Event(), threading.Event()
        self._bad, self._broken = bad, broken

    def __call__(self, values: Sequence[int]) -> None:
        self.writes.append(list(values))
        if len(self.writes) == 1:
            self.first.set()
            assert self.go.wait(HANG_S)
        elif self._broken is not None:
            raise self._broken()
        if self._bad in values:
            raise DataError("no such number")


def run(writer: Writer, count: int) -> dict[int, str]:
    """The first value alone under way, the others queued behind it. What each caller was told."""
    groups, told = Groups(writer), {}

    def post(value: int) -> None:
        try:
            groups.post(value)
            told[value] = "written"
        except BaseException as error:  # noqa: BLE001  # kept for the test to look at
            told[value] = type(error).__name__

    threads = [threading.Thread(target=post, args=(value,)) for value in range(count)]
    threads[0].start()
    assert writer.first.wait(HANG_S)
    for thread in threads[1:]:
        thread.start()
    wait_until(lambda: len(groups._kept[1]._queue) == count - 1)
    writer.go.set()
    join(*threads)
    return told


def test_what_ends_while_a_write_is_under_way_goes_together_in_the_next() -> None:
    writer = Writer()
    assert run(writer, 9) == dict.fromkeys(range(9), "written")
    assert [sorted(one) for one in writer.writes] == [[0], list(range(1, 9))]


def test_no_write_takes_more_than_it_may() -> None:
    writer = Writer()
    assert set(run(writer, 2 + MAX_VALUES).values()) == {"written"}
    assert [len(one) for one in writer.writes] == [1, MAX_VALUES, 1]


def test_a_bad_one_fails_alone() -> None:
    writer = Writer(bad=3)
    assert run(writer, 5) == {0: "written", 1: "written", 2: "written", 3: "DataError", 4: "written"}
    assert sorted(map(sorted, writer.writes)) == [[0], [1], [1, 2, 3, 4], [2], [3], [4]]


@pytest.mark.parametrize("error", [OperationalError, KeyboardInterrupt])
def test_what_was_not_written_is_told_to_everybody(error: type[BaseException]) -> None:
    told = run(Writer(broken=error), 4)
    assert told.pop(0) == "written"
    assert "written" not in told.values()
    assert len(told) == 3
