"""Group commit: values that arrive during a write go together into the next one, by one of the waiting threads.

There is no extra thread, and nobody waits for others to join: a caller that finds nobody writing writes at once.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from django.db import DataError, Error, IntegrityError, InterfaceError

T = TypeVar("T")
MAX_VALUES = 64  # values in one write


class _Waiting(Generic[T]):
    """A value in the queue. `turn` is set when it is written, or when its owner is to write next."""

    __slots__ = ("done", "error", "turn", "value")

    def __init__(self, value: T) -> None:
        self.value = value
        self.turn = threading.Event()
        self.done = False
        self.error: Error | None = None


class _Group(Generic[T]):
    def __init__(self, write: Callable[[Sequence[T]], None]) -> None:
        self._write = write
        self._lock = threading.Lock()  # over the queue and `_busy`; never held during a write
        self._queue: deque[_Waiting[T]] = deque()
        self._busy = False

    def post(self, value: T) -> None:
        """Write the value with others that wait; return when it is written.

        Raises the database error of its own row.
        """
        mine = _Waiting(value)
        with self._lock:
            self._queue.append(mine)
            waits, self._busy = self._busy, True
        if waits:
            mine.turn.wait()
        if not mine.done:
            self._lead()
        if isinstance(mine.error, DataError | IntegrityError):
            self._write([value])  # one of the rows was invalid, and it need not be this one
        elif mine.error is not None:
            raise mine.error

    def _lead(self) -> None:
        """Write for all waiting threads, then hand over to the first that has come since."""
        with self._lock:
            together = [self._queue.popleft() for _ in range(min(MAX_VALUES, len(self._queue)))]
        error: Error | None = InterfaceError("The thread that wrote for several was stopped")
        try:
            self._write([one.value for one in together])
            error = None
        except Error as found:
            error = found
        finally:
            with self._lock:
                following = self._queue[0] if self._queue else None
                self._busy = following is not None
            for one in together:
                one.done, one.error = True, error
                one.turn.set()
            if following is not None:
                following.turn.set()


class Groups(Generic[T]):
    """One group for each process, since a forked copy belongs to threads that the child does not have."""

    def __init__(self, write: Callable[[Sequence[T]], None]) -> None:
        self._write, self._kept = write, (os.getpid(), _Group(write))

    def post(self, value: T) -> None:
        """Return when the value is committed. Raises what the write raised."""
        if self._kept[0] != os.getpid():
            self._kept = (os.getpid(), _Group(self._write))
        self._kept[1].post(value)
