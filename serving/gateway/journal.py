"""A file of each process that says which calls it has sent and what came back, before anything else may fail.

A line is written before a call is sent, with an estimate of its cost, and one when its answer or failure is known; no
text is in either. Then the ledger's row is written. A write that the database refuses is tried again, first by the
caller and then by a thread, until it stands. What a process leaves behind when it dies is booked by `recovery`: an
answer exactly, a call whose answer nobody read as the estimate.

A line that was written survives the end of the process, since the system keeps it; it is forced to the disk when the
database fails. The file is locked as long as its process lives. Lines of booked calls are dropped by the megabyte.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection, connections

from serving.gateway import ledger_write
from serving.gateway.ledger_write import Booking
from youman.core.database.ids import new_id

logger = logging.getLogger(__name__)
PATIENCE_S = 4.0  # a database that restarts is back by then; who waits for the answer needs it next anyway
FIRST_PAUSE_S = 0.05
MAX_PAUSE_S = 30.0  # between tries of the thread
FULL_BYTES = 1024 * 1024  # some 700 calls; a file that is full is followed by another
SUFFIX = ".jsonl"
UNBOOKABLE = "unbookable.jsonl.txt"  # not one that is read again: its lines need a person
_AWAY = (OperationalError, InterfaceError)


@dataclass(eq=False)
class _File:
    """`open_calls` are those whose rows do not stand yet."""

    path: Path
    handle: int
    size: int = 0
    open_calls: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """A call that is under way. `file` is None where no file can be written: then only the reservation knows of it."""

    file: _File | None

    def book(self, booking: Booking) -> None:
        """Write down what came of the call, then write the ledger's row, and try for some seconds to do so.

        Raises the database's error after that; the row is written later all the same.
        """
        if self.file is not None:
            _append(self.file, booking.line(is_sent=False))
        try:
            _post(booking)
        except Error:
            _journal().keep_for_later(self.file, booking)
            raise
        if self.file is not None:
            _journal().close_call(self.file)


def begin(sent: Booking | None) -> Note:
    """Write down that a call is being sent, with the estimate that stands when nothing more is heard of it.

    None for a call that costs nothing by its being sent.
    """
    file = _journal().open_call()
    if file is not None and sent is not None:
        _append(file, sent.line(is_sent=True))
    return Note(file)


def folder() -> Path:
    return Path(settings.LEDGER_JOURNAL_PATH)


def database_mark() -> str:
    """Eight digits that name the database, in the names of the files: rows of one never go into another."""
    parts = settings.DATABASES["default"]
    name = connection.settings_dict["NAME"]  # of a test, where it is one
    facts = "\n".join(str(one) for one in (parts.get("HOST", ""), parts.get("PORT", ""), name))
    return hashlib.sha256(facts.encode()).hexdigest()[:8]


def set_aside(booking: Booking, error: Error) -> None:
    """Keep a row that the database will never take, for a person."""
    logger.error("a call cannot be booked", exc_info=error, extra={"invocation": str(booking.made.pk)})
    with (folder() / UNBOOKABLE).open("a", encoding="utf-8") as file:
        file.write(booking.line(is_sent=False))
        file.flush()
        os.fsync(file.fileno())


def _post(booking: Booking) -> None:
    ends, pause = time.monotonic() + PATIENCE_S, FIRST_PAUSE_S
    while True:
        try:
            ledger_write.post(booking)
        except _AWAY:
            if connection.in_atomic_block or time.monotonic() + pause > ends:
                raise
            connection.close()  # it may be broken; the next try gets another
            time.sleep(pause)
            pause *= 2
        else:
            return


def _append(file: _File, line: str) -> None:
    data = line.encode()
    try:
        os.write(file.handle, data)
    except OSError as error:
        logger.error("the journal of calls cannot be written", extra={"reason": error.strerror})
    file.size += len(data)


@dataclass
class _Journal:
    """Of this process. The lock covers the counts and the list, never a write or a statement."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    current: _File | None = None
    due: list[tuple[_File | None, Booking]] = field(default_factory=list)
    thread: threading.Thread | None = None
    create_after: float = 0.0

    def open_call(self) -> _File | None:
        with self.lock:
            if self.current is None or self.current.size > FULL_BYTES:
                self._follow()
            if self.current is not None:
                self.current.open_calls += 1
            return self.current

    def close_call(self, file: _File) -> None:
        with self.lock:
            file.open_calls -= 1
            if file.open_calls == 0 and file is not self.current:
                _remove(file)

    def keep_for_later(self, file: _File | None, booking: Booking) -> None:
        """Force the line to the disk, and try again in a thread until the row stands."""
        if file is not None:
            try:
                os.fsync(file.handle)
            except OSError as error:
                logger.error("the journal of calls cannot be written", extra={"reason": error.strerror})
        with self.lock:
            self.due.append((file, booking))
            if self.thread is None:
                self.thread = threading.Thread(target=self._write_due, name="ledger-journal", daemon=True)
                self.thread.start()

    def _follow(self) -> None:
        """The next file. The full one goes with the last of its calls."""
        if time.monotonic() < self.create_after:
            return
        full, self.current = self.current, _create()
        if self.current is None:
            self.create_after = time.monotonic() + MAX_PAUSE_S
        if full is not None and full.open_calls == 0:
            _remove(full)

    def _write_due(self) -> None:
        pause = 1.0
        while True:
            time.sleep(pause)
            pause = 1.0 if self._write_all() else min(2 * pause, MAX_PAUSE_S)
            connections.close_all()
            with self.lock:
                if not self.due:
                    self.thread = None
                    return

    def _write_all(self) -> bool:
        """False when the database is still away."""
        with self.lock:
            due = list(self.due)
        for one in due:
            file, booking = one
            try:
                ledger_write.post(booking)
            except _AWAY:
                return False
            except Error as error:
                set_aside(booking, error)
            with self.lock:
                self.due.remove(one)
            if file is not None:
                self.close_call(file)
        return True


def _create() -> _File | None:
    """A file that this process alone has; None where none can be made."""
    for _ in range(3):
        try:
            folder().mkdir(parents=True, exist_ok=True)
            path = folder() / f"{database_mark()}-{os.getpid()}-{new_id().hex}{SUFFIX}"
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            logger.error("the journal of calls cannot be written", extra={"reason": error.strerror})
            return None
        if lock(handle) and os.fstat(handle).st_nlink:
            return _File(path, handle)
        os.close(handle)  # another process took it for one that was left behind, before it was locked
    return None


def lock(handle: int) -> bool:
    """Lock the file for this process; False while another one has it."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remove(file: _File) -> None:
    file.path.unlink(missing_ok=True)
    os.close(file.handle)


_kept = _Journal()


def _journal() -> _Journal:
    return _kept


def _begin_anew() -> None:
    """What a fork copied belongs to the parent, which keeps its lock."""
    global _kept
    if _kept.current is not None:
        os.close(_kept.current.handle)
    _kept = _Journal()


os.register_at_fork(after_in_child=_begin_anew)
