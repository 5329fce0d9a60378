"""The worker's part of a long text: claim, cut, one chunk after the other, put together; and the reaper and sweep.

Every write carries the attempt under which the row was claimed, so that a worker that lost the row changes nothing.
Delivery twice is harmless: the second claim finds the row running.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from humanize import pipeline
from humanize.chunks import Stretch, cut
from humanize.measures import Measures, combine
from humanize.models import Chunk, Edit, Transformation
from humanize.options import RewriteOptions
from humanize.pipeline import Piece
from humanize.services import REWRITE_TASK
from humanize.states import CHUNK_EDGES, EDGES, ChunkState, State
from humanize.storing import answered, asked_options, edit_rows, outcome
from humanize.writing import give_back
from youman.core import queue
from youman.core.states import try_transition

STALE_AFTER = timedelta(seconds=30)
RING_AGAIN_AFTER = timedelta(seconds=30)
MOST_RECOVERIES = 3
BATCH = 200


def run(transformation_id: UUID) -> None:
    """Do what is left of the transformation; nothing when another worker has it or it is no longer wanted."""
    row = _claim(transformation_id)
    if row is None:
        return
    options = _planned(row)
    if options is None:
        return
    pending = Chunk.objects.filter(transformation=row, state=ChunkState.PENDING).order_by("number")
    for chunk in list(pending):
        stretch = Stretch(chunk.start, chunk.end, 0)
        piece = pipeline.rewrite_stretch(row.source, stretch, options)
        if not _finish_chunk(row, chunk, piece):
            return
    _complete(row, options)


def _claim(transformation_id: UUID) -> Transformation | None:
    rows = Transformation.objects.filter(pk=transformation_id)
    now = timezone.now()
    changes = {"attempt": F("attempt") + 1, "heartbeat_at": now, "started_at": now, "done_at_claim": F("done_chunks")}
    # Only the state decides: of two workers woken for one row, the UPDATE lets one through.
    if not try_transition(rows, edges=EDGES, to=State.RUNNING, **changes):
        return None
    return rows.defer("result").get()


def _mine(row: Transformation) -> QuerySet[Transformation]:
    return Transformation.objects.filter(pk=row.pk, attempt=row.attempt, state=State.RUNNING)


def _planned(row: Transformation) -> RewriteOptions | None:
    """The resolved options; on the first run they are found, stored and the text is cut. None when the row was lost."""
    asked = asked_options(row)
    if row.total_chunks:
        found = {"strategy": row.register, "language": row.detected_language, "format": row.detected_format}
        return replace(asked, **found)  # type: ignore[arg-type]  # stored from resolved options
    options = pipeline.resolve(row.source, asked)
    stretches = cut(row.source, options.format)
    with transaction.atomic():
        if not _mine(row).update(
            register=options.strategy,
            detected_language=options.language,
            detected_format=options.format,
            total_chunks=len(stretches),
            heartbeat_at=timezone.now(),
        ):
            return None
        Chunk.objects.bulk_create(
            [Chunk(transformation=row, number=n, start=s.start, end=s.end) for n, s in enumerate(stretches)],
            batch_size=BATCH,
        )
    return options


@transaction.atomic
def _finish_chunk(row: Transformation, chunk: Chunk, piece: Piece) -> bool:
    """Store the chunk and its edits, whole or not at all. False when the row was cancelled or taken over."""
    beat = {"done_chunks": F("done_chunks") + 1, "heartbeat_at": timezone.now(), "recoveries": 0}
    if not _mine(row).update(**beat):
        return False
    changes = {"result": piece.result, "measures": piece.measures.to_json()}
    try_transition(Chunk.objects.filter(pk=chunk.pk), edges=CHUNK_EDGES, to=ChunkState.DONE, **changes)
    Edit.objects.bulk_create(edit_rows(row, piece.edits), batch_size=BATCH)
    return True


def _complete(row: Transformation, options: RewriteOptions) -> None:
    chunks = Chunk.objects.filter(transformation=row).order_by("number")
    done = chunks.exclude(measures=None).values_list("measures", flat=True)
    measures = combine(Measures.from_json(one) for one in done.iterator() if one is not None)
    result = "".join(chunks.values_list("result", flat=True).iterator(chunk_size=BATCH))
    changes = outcome(measures, options, result) | {
        "route": answered(row.route, measures.edits),
        "finished_at": timezone.now(),
    }
    with transaction.atomic():
        if try_transition(_mine(row), edges=EDGES, to=State.COMPLETED, **changes):
            chunks.update(result="")  # it lives on in the whole


def sweep(now: datetime | None = None) -> int:
    """Ring again for queued rows that nobody picked up: the broker was away, or lost the message."""
    moment = now or timezone.now()
    waiting = Transformation.objects.filter(state=State.QUEUED).filter(
        Q(rung_at=None) | Q(rung_at__lt=moment - RING_AGAIN_AFTER)
    )
    rung = 0
    for pk in waiting.order_by("created_at").values_list("pk", flat=True)[:BATCH]:
        if Transformation.objects.filter(pk=pk, state=State.QUEUED).update(rung_at=moment):
            rung += queue.ring_now(REWRITE_TASK, str(pk))
    return rung


def reap(now: datetime | None = None) -> int:
    """Take back rows whose worker has gone silent: queue them again, or fail them after three in vain."""
    moment = now or timezone.now()
    return sum(_recover(row, moment) for row in _silent(moment))


def _silent(moment: datetime) -> Iterator[Transformation]:
    rows = Transformation.objects.filter(state=State.RUNNING, heartbeat_at__lt=moment - STALE_AFTER)
    return rows.only("pk", "attempt", "recoveries", "heartbeat_at")[:BATCH].iterator()


@transaction.atomic
def _recover(row: Transformation, moment: datetime) -> bool:
    # A beat or a new attempt since the row was read means that somebody is at work.
    same = _mine(row).filter(heartbeat_at=row.heartbeat_at)
    if row.recoveries >= MOST_RECOVERIES:
        detail = f"The worker stopped {row.recoveries + 1} times at the same place; resume to try again, or report it"
        ended = {"error_code": "worker_lost", "error_detail": detail, "finished_at": moment}
        moved = try_transition(same, edges=EDGES, to=State.FAILED, **ended)
        if moved:
            give_back(row.pk)
        return moved
    again = {"recoveries": F("recoveries") + 1, "rung_at": moment}
    moved = try_transition(same, edges=EDGES, to=State.QUEUED, **again)
    if moved:
        queue.ring(REWRITE_TASK, str(row.pk))
    return moved
