"""The worker: it claims a text, cuts it, rewrites the parts and joins them. Also the reaper and the sweep.

Every write is conditional on the attempt number of the claim, so a worker that has lost the row changes nothing.
Delivering a message twice is harmless: the second claim finds the row running.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from humanize import selectors
from humanize.deferred.waiting import hand_over, prefetched_answers
from humanize.generation import cache, parallel, settlement
from humanize.generation.availability import Plan
from humanize.generation.rewrite_order import RewriteOrder, order_for
from humanize.models import Chunk, Deferred, Edit, Transformation
from humanize.pipeline.chunks import cut
from humanize.pipeline.measures import Measures, combine
from humanize.pipeline.rewrite import Piece
from humanize.pipeline.trace import AttemptRecord
from humanize.scoring import score
from humanize.states import CHUNK_EDGES, EDGES, REWRITE_TASK, ChunkState, ServiceTier, State
from humanize.transformations.decisions import give_back
from humanize.transformations.row_mapping import (
    completed_event,
    edit_rows,
    outcome_columns,
    route_steps,
    with_rules_step,
)
from youman.core.events.outbox import announce
from youman.core.runtime import queue
from youman.core.states import try_transition

STALE_AFTER = timedelta(seconds=30)  # six heartbeats: a worker that missed so many is dead or stuck
ENQUEUE_AGAIN_AFTER = timedelta(seconds=30)
MOST_RECOVERIES = 3  # a text that kills its worker must not be retried for ever
BATCH = 200  # rows per statement


def run(transformation_id: UUID, plan: Plan | None = None) -> None:
    """Rewrite the unfinished parts of a transformation.

    Does nothing if another worker has claimed it, or if it was cancelled or deleted; so it is safe to call twice. Pass
    `plan` if it has just been computed for this text.
    """
    row = _claim(transformation_id)
    if row is None:
        return
    order = order_for(row, plan)
    if not _cut(row, order):
        return
    chunks = list(Chunk.objects.filter(transformation=row, state=ChunkState.PENDING).order_by("number"))
    if hand_over(row, chunks, order):
        return
    order = replace(order, prefetched=prefetched_answers(row))
    if _rewrite(row, chunks, order):
        _complete(row, order)


def _claim(transformation_id: UUID) -> Transformation | None:
    rows = Transformation.objects.filter(pk=transformation_id)
    now = timezone.now()
    changes = {"attempt": F("attempt") + 1, "heartbeat_at": now, "started_at": now, "done_at_claim": F("done_chunks")}
    # The UPDATE is conditional on the state alone: of two workers that got the same row, only one wins.
    if not try_transition(rows, edges=EDGES, to=State.RUNNING, **changes):
        return None
    return rows.select_related("owner").defer("result").get()


def _held(row: Transformation) -> QuerySet[Transformation]:
    """Return the row as a queryset that is empty once this claim has been lost."""
    return Transformation.objects.filter(pk=row.pk, attempt=row.attempt, state=State.RUNNING)


def _cut(row: Transformation, order: RewriteOrder) -> bool:
    """Cut the text on the first run and store the detector's version. Return False if the claim was lost."""
    if row.total_chunks:
        return True
    options = order.options
    stretches = cut(order.text, options.format, target=order.part_words, protected=options.protected)
    with transaction.atomic():
        if not _held(row).update(
            detector_version=order.detector.version, total_chunks=len(stretches), heartbeat_at=timezone.now()
        ):
            return False
        Chunk.objects.bulk_create(
            [Chunk(transformation=row, number=one.number, start=one.start, end=one.end) for one in stretches],
            batch_size=BATCH,
        )
    return True


def _rewrite(row: Transformation, chunks: Sequence[Chunk], order: RewriteOrder) -> bool:
    """Store each part in its own row as soon as it is done. Return False if the claim was lost."""
    by_number = {chunk.number: chunk for chunk in chunks}
    done = 0
    for piece in parallel.rewrite_parts(order, [chunk.stretch for chunk in chunks], beat=lambda: _beat(row)):
        if not _finish_chunk(row, by_number[piece.stretch.number], piece, order):
            return False
        done += 1
    return done == len(chunks)


def _beat(row: Transformation) -> bool:
    return bool(_held(row).update(heartbeat_at=timezone.now()))


@transaction.atomic
def _finish_chunk(row: Transformation, chunk: Chunk, piece: Piece, order: RewriteOrder) -> bool:
    """Store the chunk and its edits, all or nothing. Return False if the row was cancelled or claimed by another."""
    beat = {"done_chunks": F("done_chunks") + 1, "heartbeat_at": timezone.now(), "recoveries": 0}
    if not _held(row).update(**beat):
        return False
    changes = {
        "result": piece.result,
        "measures": piece.measures.to_json(),
        "tries": [record.to_json() for record in piece.tries],
        "invocation": piece.tries[-1].answered_by if piece.tries else None,
    }
    try_transition(Chunk.objects.filter(pk=chunk.pk), edges=CHUNK_EDGES, to=ChunkState.DONE, **changes)
    Edit.objects.bulk_create(edit_rows(row, piece.edits, piece.origins), batch_size=BATCH)
    cache.store(order, piece)
    return True


def _complete(row: Transformation, order: RewriteOrder) -> None:
    chunks = Chunk.objects.filter(transformation=row)
    parts = list(chunks.order_by("number"))
    measures = combine(_rescored_measures(parts, order), order.detector)
    result = "".join(part.result for part in parts)
    changes = outcome_columns(measures, order.options, order.text, result) | {"finished_at": timezone.now()}
    changes |= _route_and_cost(row, order, parts, measures)
    with transaction.atomic():
        if try_transition(_held(row), edges=EDGES, to=State.COMPLETED, **changes):
            chunks.update(result="")  # the row's own result contains it now
            announce(completed_event(row, edits=measures.edits, language=order.options.language))
            if row.service_tier == ServiceTier.BATCH:
                Deferred.objects.filter(chunk__transformation=row).delete()


def _route_and_cost(
    row: Transformation, order: RewriteOrder, parts: Sequence[Chunk], measures: Measures
) -> dict[str, object]:
    records = [AttemptRecord.from_json(stored) for part in parts for stored in part.tries]
    if not records:
        return {"route": with_rules_step(row.route, measures.edits)}
    calls = selectors.ledger_calls(row.pk)
    return {"route": route_steps(order.plan.route, records, len(parts), calls), "cost": settlement.total(calls)}


def _rescored_measures(parts: Sequence[Chunk], order: RewriteOrder) -> Iterator[Measures]:
    """Yield the measures of all parts by the order's detector.

    Parts that were scored by a detector which no longer exists are scored again, with a warning.
    """
    for part in parts:
        if part.measures is None:
            continue
        measures = Measures.from_json(part.measures)
        if measures.before.detector_version != order.detector.version:
            measures = _rescore(measures, part, order)
        yield measures


def _rescore(measures: Measures, part: Chunk, order: RewriteOrder) -> Measures:
    language, detector = order.options.language, order.detector
    before = score(order.text[part.start : part.end], language=language, detector=detector)
    after = score(part.result, language=language, detector=detector)
    note = f"Scored again by {detector.version}, because {measures.before.detector_version} no longer exists"
    return replace(measures, before=before, after=after, warnings=(*measures.warnings, note))


def sweep(now: datetime | None = None) -> int:
    """Enqueue again the queued rows that no worker has picked up because the broker was down or lost the message.

    A row whose message still waits in the queue is left alone. Returns the number of messages sent. Safe to run at any
    time: a row that is picked up twice is claimed once.
    """
    moment = now or timezone.now()
    waiting = Transformation.objects.filter(state=State.QUEUED).filter(
        Q(enqueued_at=None) | Q(enqueued_at__lt=moment - ENQUEUE_AGAIN_AFTER)
    )

    def still_waits(pk: str) -> bool:
        return bool(Transformation.objects.filter(pk=pk, state=State.QUEUED).update(enqueued_at=moment))

    rows = [str(pk) for pk in waiting.order_by("created_at").values_list("pk", flat=True)[:BATCH]]
    return queue.enqueue_missing(REWRITE_TASK, rows, still_waits)


def reap(now: datetime | None = None) -> int:
    """Queue running rows again whose worker sends no heartbeat; after three recoveries mark them as failed.

    Returns the number of rows changed.
    """
    moment = now or timezone.now()
    return sum(_recover(row, moment) for row in _silent(moment))


def _silent(moment: datetime) -> Iterator[Transformation]:
    rows = Transformation.objects.filter(state=State.RUNNING, heartbeat_at__lt=moment - STALE_AFTER)
    return rows.only("pk", "attempt", "recoveries", "heartbeat_at")[:BATCH].iterator()


@transaction.atomic
def _recover(row: Transformation, moment: datetime) -> bool:
    # A heartbeat or a new attempt since the row was read means that a worker is active.
    same = _held(row).filter(heartbeat_at=row.heartbeat_at)
    if row.recoveries >= MOST_RECOVERIES:
        detail = f"The worker stopped {row.recoveries + 1} times at the same place; resume to try again, or report it"
        ended = {"error_code": "worker_lost", "error_detail": detail, "finished_at": moment}
        moved = try_transition(same, edges=EDGES, to=State.FAILED, **ended)
        if moved:
            give_back(row.pk)
        return moved
    again = {"recoveries": F("recoveries") + 1, "enqueued_at": moment}
    moved = try_transition(same, edges=EDGES, to=State.QUEUED, **again)
    if moved:
        queue.enqueue_on_commit(REWRITE_TASK, str(row.pk))
    return moved
