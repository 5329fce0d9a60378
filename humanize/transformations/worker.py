"""The worker's part of a text: claim, cut, rewrite the chunks, put together; and the reaper and sweep.

The rules take one chunk after the other; where a model is asked the chunks go side by side (see `work`). Every write
carries the attempt under which the row was claimed, so that a worker that lost the row changes nothing. Delivery
twice is harmless: the second claim finds the row running.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from humanize import selectors
from humanize.deferred.waiting import aheads, hand_in
from humanize.generation import cache, order_builder, parallel, settlement
from humanize.generation.availability import Planned
from humanize.generation.parallel import Done, Part
from humanize.models import Chunk, Deferred, Edit, Transformation
from humanize.options import RewriteOptions
from humanize.pipeline import rewrite
from humanize.pipeline.chunks import TARGET_WORDS, Stretch, cut
from humanize.pipeline.measures import Measures, combine
from humanize.pipeline.rewrite import Piece
from humanize.pipeline.trace import Try
from humanize.scoring import Detector
from humanize.states import CHUNK_EDGES, EDGES, REWRITE_TASK, ChunkState, State
from humanize.transformations import rescoring
from humanize.transformations.decisions import give_back
from humanize.transformations.row_mapping import answered, completed_event, edit_rows, outcome, trace_of
from youman.core.events.outbox import announce
from youman.core.runtime import queue
from youman.core.states import try_transition

STALE_AFTER = timedelta(seconds=30)
ENQUEUE_AGAIN_AFTER = timedelta(seconds=30)
MOST_RECOVERIES = 3
BATCH = 200


def run(transformation_id: UUID) -> None:
    """Do what is left of the transformation; nothing when another worker has it or it is no longer wanted."""
    row = _claim(transformation_id)
    if row is None:
        return
    options = order_builder.resolved(row)
    planned, detector = order_builder.planned(row, options), order_builder.detector(row)
    row.detector_version = detector.version
    if not _cut(row, options, parallel.ENGINE_WORDS if planned.route.engines else TARGET_WORDS, detector):
        return
    chunks = list(Chunk.objects.filter(transformation=row, state=ChunkState.PENDING).order_by("number"))
    if hand_in(row, chunks, options, planned):
        return
    by = _by_engines if planned.route.engines else _by_rules
    if by(row, chunks, options, planned, detector):
        _complete(row, options, planned, detector)


def _claim(transformation_id: UUID) -> Transformation | None:
    rows = Transformation.objects.filter(pk=transformation_id)
    now = timezone.now()
    changes = {"attempt": F("attempt") + 1, "heartbeat_at": now, "started_at": now, "done_at_claim": F("done_chunks")}
    # Only the state decides: of two workers woken for one row, the UPDATE lets one through.
    if not try_transition(rows, edges=EDGES, to=State.RUNNING, **changes):
        return None
    return rows.select_related("owner").defer("result").get()


def _mine(row: Transformation) -> QuerySet[Transformation]:
    return Transformation.objects.filter(pk=row.pk, attempt=row.attempt, state=State.RUNNING)


def _cut(row: Transformation, options: RewriteOptions, target: int, detector: Detector) -> bool:
    """Cut the text on the first run, and store what was found. False when the row was lost."""
    if row.total_chunks:
        return True
    stretches = cut(row.source, options.format, target=target)
    with transaction.atomic():
        if not _mine(row).update(
            register=options.strategy,
            detected_language=options.language,
            detected_format=options.format,
            detector_version=detector.version,
            total_chunks=len(stretches),
            heartbeat_at=timezone.now(),
        ):
            return False
        Chunk.objects.bulk_create(
            [Chunk(transformation=row, number=n, start=s.start, end=s.end) for n, s in enumerate(stretches)],
            batch_size=BATCH,
        )
    return True


def _by_rules(
    row: Transformation, chunks: Sequence[Chunk], options: RewriteOptions, planned: Planned, detector: Detector
) -> bool:
    del planned  # the rules are all there is
    for chunk in chunks:
        piece = rewrite.rewrite_stretch(row.source, Stretch(chunk.start, chunk.end, 0), options, detector=detector)
        if not _finish_chunk(row, chunk, piece):
            return False
    return True


def _by_engines(
    row: Transformation, chunks: Sequence[Chunk], options: RewriteOptions, planned: Planned, detector: Detector
) -> bool:
    """As they are answered, in any order: each chunk is a row of its own. False when the row was lost on the way."""
    by_number = {chunk.number: chunk for chunk in chunks}
    parts = [Part(chunk.number, Stretch(chunk.start, chunk.end, 0)) for chunk in chunks]
    done = 0
    for one in parallel.rewrite(
        order_builder.order(row, options, planned, aheads(row)), parts, beat=lambda: _beat(row)
    ):
        if not _finish_chunk(row, by_number[one.part.number], one.piece, one):
            return False
        done += 1
    return done == len(chunks)


def _beat(row: Transformation) -> bool:
    return bool(_mine(row).update(heartbeat_at=timezone.now()))


@transaction.atomic
def _finish_chunk(row: Transformation, chunk: Chunk, piece: Piece, done: Done | None = None) -> bool:
    """Store the chunk and its edits, whole or not at all. False when the row was cancelled or taken over."""
    beat = {"done_chunks": F("done_chunks") + 1, "heartbeat_at": timezone.now(), "recoveries": 0}
    if not _mine(row).update(**beat):
        return False
    changes = {"result": piece.result, "measures": piece.measures.to_json()} | _asked(piece)
    try_transition(Chunk.objects.filter(pk=chunk.pk), edges=CHUNK_EDGES, to=ChunkState.DONE, **changes)
    Edit.objects.bulk_create(edit_rows(row, piece.edits, piece.origins), batch_size=BATCH)
    if done is not None:
        cache.put(row.owner_id, row.pk, done.key, row.source[chunk.start : chunk.end], piece)
    return True


def _asked(piece: Piece) -> dict[str, object]:
    last = piece.tries[-1].answered_by if piece.tries else None
    return {"tries": [one.to_json() for one in piece.tries], "invocation": last}


def _complete(row: Transformation, options: RewriteOptions, planned: Planned, detector: Detector) -> None:
    chunks = Chunk.objects.filter(transformation=row).order_by("number")
    measures = combine(rescoring.measures_of(row, chunks, options.language, detector), detector.bands)
    result = "".join(chunks.values_list("result", flat=True).iterator(chunk_size=BATCH))
    changes = outcome(measures, options, result) | {"finished_at": timezone.now()}
    changes |= _traced(row, planned, measures)
    with transaction.atomic():
        if try_transition(_mine(row), edges=EDGES, to=State.COMPLETED, **changes):
            chunks.update(result="")  # it lives on in the whole
            announce(completed_event(row, edits=measures.edits, language=options.language))
            Deferred.objects.filter(chunk__transformation=row).delete()


def _traced(row: Transformation, planned: Planned, measures: Measures) -> dict[str, object]:
    stored = Chunk.objects.filter(transformation=row).order_by("number").values_list("tries", flat=True)
    tries = [Try.from_json(one) for chunk in stored for one in chunk]
    if not tries:
        return {"route": answered(row.route, measures.edits)}
    paid = selectors.paid_for(row.pk)
    return {"route": trace_of(planned.route, tries, len(stored), paid), "cost": settlement.total(paid)}


def sweep(now: datetime | None = None) -> int:
    """Ring again for queued rows that nobody picked up: the broker was away, or lost the message."""
    moment = now or timezone.now()
    waiting = Transformation.objects.filter(state=State.QUEUED).filter(
        Q(enqueued_at=None) | Q(enqueued_at__lt=moment - ENQUEUE_AGAIN_AFTER)
    )
    enqueued = 0
    for pk in waiting.order_by("created_at").values_list("pk", flat=True)[:BATCH]:
        if Transformation.objects.filter(pk=pk, state=State.QUEUED).update(enqueued_at=moment):
            enqueued += queue.enqueue_now(REWRITE_TASK, str(pk))
    return enqueued


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
    again = {"recoveries": F("recoveries") + 1, "enqueued_at": moment}
    moved = try_transition(same, edges=EDGES, to=State.QUEUED, **again)
    if moved:
        queue.enqueue_on_commit(REWRITE_TASK, str(row.pk))
    return moved
