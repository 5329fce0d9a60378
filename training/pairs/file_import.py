"""Files of pairs into the store, as jobs: checked whole, then imported batch by batch, all or nothing.

A batch and the counts of its lines commit together, so that an import that was killed goes on after its last batch.
Until the import is completed its pairs are not trained on; when it fails or is cancelled they are removed.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import BinaryIO, cast
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from registry.artifacts import ownership, storage
from training.contract import paths
from training.errors import UnreadablePairs
from training.models import DataImport, TrainingDataPoint
from training.pairs import statistics
from training.pairs.file_formats import detect_format
from training.pairs.file_rows import FileRow, read_rows
from training.pairs.ingest import BATCH, ingest_pairs
from training.pairs.validation import InvalidRow, parse_pair
from training.states import IMPORT_EDGES, IMPORT_OPEN, ImportState
from youman.core.accounts import audit
from youman.core.errors import Conflict, YoumanError
from youman.core.runtime import queue
from youman.core.states import try_transition

TASK = "training.import"
STALE_AFTER = timedelta(seconds=120)  # a batch of long texts takes seconds: the worker is dead
ENQUEUE_AGAIN_AFTER = timedelta(seconds=30)
MAX_RECOVERIES = 3  # a file that has killed three workers would kill the next one
_KEPT_IN_ROW = 200
_SCORED_BATCH = 200  # scores take milliseconds each; progress, cancelling and heartbeats come with every batch
_CHUNK = 1024 * 1024
_BEAT_S = 1.0
_WAIT_S = 0.5
_BLOCKING = {"refused", "unusable"}  # faults of the file; barred and capped pairs are decisions of the store

Progress = Callable[[DataImport], None]


class _Lost(Exception):
    """Another worker has this import."""


class _Cancelled(Exception):
    """A person has asked to stop it."""


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import and how. Without `format` the content decides; `partial` imports the good lines alone."""

    name: str
    format: str = ""
    licence: str = ""
    scored: bool = True
    partial: bool = False


def queue_import(*, file: BinaryIO, request: ImportRequest, actor: audit.Actor) -> DataImport:
    """Store a file and queue its import for a worker. Raises UnreadablePairs for a file that holds no pairs."""
    row = _row(request, actor, _format_of(file, request))
    row.key = f"imports/{row.pk}"
    writing = storage.store().create(row.key)
    done = False
    try:
        while data := file.read(_CHUNK):
            writing.write(data)
        writing.commit()
        done = True
    finally:
        if not done:
            writing.abort()
    with transaction.atomic():
        row.enqueued_at = timezone.now()
        row.save(force_insert=True)
        audit.record(actor=actor, verb="import pairs", subject=row, after={"name": row.name})
        queue.enqueue_on_commit(TASK, str(row.pk))
    return row


def import_pairs(
    *,
    file: BinaryIO,
    name: str,
    actor: audit.Actor,
    format: str = "",
    licence: str = "",
    scored: bool = True,
    partial: bool = False,
    progress: Progress | None = None,
) -> DataImport:
    """Import a file here and now; waits while another import runs. The row tells how it ended.

    `progress` gets the row after each batch. Raises UnreadablePairs for a file that holds no pairs; then nothing stays.
    """
    request = ImportRequest(name, format, licence, scored, partial)
    row = _row(request, actor, _format_of(file, request))
    row.heartbeat_at = timezone.now()
    row.save(force_insert=True)
    audit.record(actor=actor, verb="import pairs", subject=row, after={"name": row.name})
    while (claimed := _claim(row.pk)) is None:
        reap()
        if not DataImport.objects.filter(pk=row.pk, state=ImportState.QUEUED).update(heartbeat_at=timezone.now()):
            raise Conflict("The import was cancelled before it began")
        time.sleep(_WAIT_S)
    _Work(claimed, file, progress).run()
    row.refresh_from_db()
    return row


def run_import(import_id: UUID) -> None:
    """Run a queued import, in a worker. Does nothing while another import runs; the sweep enqueues it again."""
    row = _claim(import_id)
    if row is None:
        return
    if not row.key:
        _Work(row, cast(BinaryIO, None), None).roll_back()
        return
    with _local_file(row.key) as file:
        _Work(row, file, None).run()
    ownership.delete_if_owned([row.key])


def cancel_import(*, row: DataImport, actor: audit.Actor) -> None:
    """Stop an import; nothing of it stays. Raises Conflict when it is over."""
    rows = DataImport.objects.filter(pk=row.pk)
    with transaction.atomic():
        ended = {"finished_at": timezone.now(), "error": "Cancelled"}
        waiting = try_transition(
            rows.filter(state=ImportState.QUEUED, attempt=0), edges=IMPORT_EDGES, to=ImportState.CANCELLED, **ended
        )
        open_ones = rows.filter(state__in=IMPORT_OPEN)
        if not waiting and not open_ones.update(cancel_requested_at=timezone.now()):
            raise Conflict("The import is over; it can no longer be cancelled")
        before, after = {"state": row.state}, {"state": ImportState.CANCELLED.value}
        audit.record(actor=actor, verb="cancel import", subject=row, before=before, after=after)


def sweep(now: datetime | None = None) -> int:
    """Enqueue imports again that no worker has claimed; return how many."""
    moment = now or timezone.now()
    quiet = Q(enqueued_at=None) | Q(enqueued_at__lt=moment - ENQUEUE_AGAIN_AFTER)
    waiting = DataImport.objects.filter(quiet, ~Q(key="") | ~Q(error=""), state=ImportState.QUEUED)

    def still_waits(pk: str) -> bool:
        return bool(DataImport.objects.filter(pk=pk, state=ImportState.QUEUED).update(enqueued_at=moment))

    rows = [str(pk) for pk in waiting.order_by("created_at").values_list("pk", flat=True)[:20]]
    return queue.enqueue_missing(TASK, rows, still_waits)


def reap(now: datetime | None = None) -> int:
    """Queue imports again whose worker has gone silent; those that cannot go on are rolled back. Return how many."""
    moment = now or timezone.now()
    silent = DataImport.objects.filter(heartbeat_at__lt=moment - STALE_AFTER)
    gone = {"finished_at": moment, "error": "The command that imported it was stopped before it began"}
    commands = silent.filter(state=ImportState.QUEUED, key="", error="")
    ended = sum(
        try_transition(commands.filter(pk=pk), edges=IMPORT_EDGES, to=ImportState.FAILED, **gone)
        for pk in list(commands.values_list("pk", flat=True))
    )
    return ended + sum(_recover(row, moment) for row in silent.filter(state=ImportState.RUNNING))


def _recover(row: DataImport, moment: datetime) -> bool:
    error = row.error
    if not error and not row.key:
        error = "The command that imported it was stopped; run it again"
    elif not error and row.recoveries >= MAX_RECOVERIES:
        error = "The worker stopped several times; split the file, or report it"
    same = _mine(row).filter(heartbeat_at=row.heartbeat_at)
    changes = {"recoveries": F("recoveries") + 1, "enqueued_at": moment, "error": error}
    with transaction.atomic():
        moved = try_transition(same, edges=IMPORT_EDGES, to=ImportState.QUEUED, **changes)
        if moved:
            queue.enqueue_on_commit(TASK, str(row.pk))
    return moved


def _row(request: ImportRequest, actor: audit.Actor, format: str) -> DataImport:
    return DataImport(
        name=request.name[:200] or "pairs",
        licence=request.licence[:200],
        imported_by=str(actor)[:200],
        format=format,
        scored=request.scored,
        partial=request.partial,
    )


def _format_of(file: BinaryIO, request: ImportRequest) -> str:
    """Return the format of a file whose first row can be read. Raises UnreadablePairs."""
    found = detect_format(file, request.name, request.format).format
    next(read_rows(file, request.name, request.format), None)
    file.seek(0)
    return found


def _claim(import_id: UUID) -> DataImport | None:
    rows = DataImport.objects.filter(pk=import_id)
    changes = {"attempt": F("attempt") + 1, "heartbeat_at": timezone.now()}
    try:
        with transaction.atomic():
            claimed = try_transition(rows, edges=IMPORT_EDGES, to=ImportState.RUNNING, **changes)
    except IntegrityError:  # another import runs
        return None
    return rows.get() if claimed else None


def _mine(row: DataImport) -> QuerySet[DataImport]:
    return DataImport.objects.filter(pk=row.pk, attempt=row.attempt, state=ImportState.RUNNING)


@contextmanager
def _local_file(key: str) -> Iterator[BinaryIO]:
    with tempfile.TemporaryFile() as target:
        with storage.store().open(key) as source:
            while data := source.read(_CHUNK):
                target.write(data)
        target.seek(0)
        yield cast(BinaryIO, target)


class _Work:
    """One attempt at one import. Every write is fenced by the attempt."""

    def __init__(self, row: DataImport, file: BinaryIO, progress: Progress | None) -> None:
        self._row, self._file, self._progress = row, file, progress
        self._beaten = time.monotonic()
        self._counts: Counter[str] = Counter(
            accepted=row.accepted, duplicate=row.duplicates, refused=row.refused, lines=row.lines
        )
        self._report: list[dict[str, object]] = list(row.report)
        self._path = paths.report_file(row.pk)
        self._path.parent.mkdir(parents=True, exist_ok=True)

    def run(self) -> None:
        try:
            if self._row.error or self._row.cancel_requested_at:
                raise _Cancelled
            if self._row.total is None:
                self._check_lines()
            self._take_lines()
            self._end(ImportState.COMPLETED)
        except _Lost:
            return
        except _Cancelled:
            self.roll_back()
        except YoumanError as error:
            self._row.error = error.detail
            self.roll_back()

    def roll_back(self) -> None:
        """Remove what has been imported and end the import; a killed attempt is followed by another one."""
        row = self._row
        _mine(row).update(error=row.error)  # from now on every attempt only rolls back
        while points := list(TrainingDataPoint.objects.filter(data_import=row)[:BATCH]):
            with transaction.atomic():
                statistics.lock_statistics()
                if not _mine(row).update(heartbeat_at=timezone.now()):
                    return
                statistics.add_points(points, -1)
                TrainingDataPoint.objects.filter(pk__in=[point.pk for point in points]).delete()
        self._counts["accepted"] = 0
        row.error = row.error or "Cancelled"
        self._end(ImportState.CANCELLED if row.cancel_requested_at else ImportState.FAILED)

    def _check_lines(self) -> None:
        """Read the whole file and note every line that cannot be imported. Raises UnreadablePairs when that ends it."""
        total = 0
        self._counts.clear()
        self._report.clear()
        with self._path.open("w", encoding="utf-8") as report:
            for line in read_rows(self._file, self._row.name, self._row.format):
                total += 1
                problem = _problem(line)
                if problem:
                    self._note(line.number, "refused", problem, report.write)
                self._beat(checked=total)
        refused = self._counts["refused"]
        changes = {"total": total, "checked": total, "refused": refused, "report": self._report}
        if not _mine(self._row).update(**changes, heartbeat_at=timezone.now()):
            raise _Lost
        self._row.total = total
        if not total:
            raise UnreadablePairs("The file holds no pairs")
        if refused == total:
            raise UnreadablePairs(f"None of the {total:,} lines can be imported; the report names what is wrong")
        if refused and not self._row.partial:
            raise UnreadablePairs(
                f"{refused:,} of {total:,} lines cannot be imported, so nothing was; correct them, or import "
                "the others alone (--partial, or the field partial)"
            )

    def _take_lines(self) -> None:
        done, taken, batch = self._row.lines, 0, list[FileRow]()
        size = _SCORED_BATCH if self._row.scored else BATCH
        for line in read_rows(self._file, self._row.name, self._row.format):
            taken += 1
            if taken <= done:
                continue
            batch.append(line)
            if len(batch) == size:
                self._take(batch, taken)
                batch = []
        if batch:
            self._take(batch, taken)

    def _take(self, batch: list[FileRow], lines: int) -> None:
        row, before = self._row, self._counts.copy()
        good = [line for line in batch if not _problem(line)]
        pairs = [replace(parse_pair(line.fields or {}), data_import_id=row.pk) for line in good]
        with transaction.atomic(), self._path.open("a", encoding="utf-8") as report:
            for line, found in zip(good, ingest_pairs(pairs, scored=row.scored), strict=True):
                if found.outcome == "accepted":
                    self._counts["accepted"] += 1
                else:
                    self._note(line.number, found.outcome, found.detail, report.write)
            self._counts["lines"] = lines
            if not _mine(row).update(**self._changes()):
                raise _Lost
        bad = self._counts["unusable"] - before["unusable"]
        if bad and not row.partial:
            raise UnreadablePairs(f"{bad:,} lines hold no usable pair, so nothing was imported; the report names them")
        self._look_for_cancel()
        if self._progress:
            row.refresh_from_db()
            self._progress(row)

    def _changes(self) -> dict[str, object]:
        counts = self._counts
        refused = sum(counts[name] for name in ("refused", "unusable", "barred", "capped"))
        self._report.sort(key=lambda entry: cast(int, entry["line"]))
        return {
            "lines": counts["lines"], "accepted": counts["accepted"], "duplicates": counts["duplicate"],
            "refused": refused, "report": self._report, "heartbeat_at": timezone.now(),
        }  # fmt: skip

    def _note(self, number: int, outcome: str, problem: str, write: Callable[[str], object]) -> None:
        self._counts[outcome] += 1
        entry: dict[str, object] = {"line": number, "outcome": outcome, "problem": problem}
        write(json.dumps(entry, ensure_ascii=False) + "\n")
        if len(self._report) < _KEPT_IN_ROW:
            self._report.append(entry)

    def _beat(self, checked: int) -> None:
        if time.monotonic() - self._beaten < _BEAT_S:
            return
        self._beaten = time.monotonic()
        if not _mine(self._row).update(checked=checked, heartbeat_at=timezone.now()):
            raise _Lost
        self._look_for_cancel()
        if self._progress:
            self._row.checked = checked
            self._progress(self._row)

    def _look_for_cancel(self) -> None:
        asked = _mine(self._row).values_list("cancel_requested_at", flat=True).first()
        if asked is not None:
            self._row.cancel_requested_at = asked
            raise _Cancelled

    def _end(self, to: ImportState) -> None:
        row, counts = self._row, self._changes()
        if to == ImportState.COMPLETED and not counts["accepted"] and not counts["duplicates"]:
            row.error, to = (
                f"None of the {counts['lines']:,} lines could be imported; the report names why",
                ImportState.FAILED,
            )
        changes = counts | {"finished_at": timezone.now(), "error": row.error}
        with transaction.atomic():
            if try_transition(_mine(row), edges=IMPORT_EDGES, to=to, **changes):
                facts: audit.Facts = {
                    "state": str(to),
                    "accepted": self._counts["accepted"],
                    "lines": self._counts["lines"],
                }
                audit.record(actor=row.imported_by, verb="end import", subject=row, after=facts)


def _problem(line: FileRow) -> str:
    """Return why a line cannot be imported, or an empty text."""
    if line.fields is None:
        return line.problem
    try:
        parse_pair(line.fields)
    except InvalidRow as error:
        return error.problem
    return ""
