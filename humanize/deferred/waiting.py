"""A text that may wait a day: its parts are handed to a vendor's batch, and it waits as a row, without a worker.

    running ──hand_over──▶ waiting ──(gather, submit, follow, collect)──release──▶ queued ──▶ running, with the answers

What the vendor did not do, in time or at all, is asked for live by the run that follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from humanize.generation import cache
from humanize.generation.prefetched import PrefetchedAnswer
from humanize.generation.rewrite_order import RewriteOrder
from humanize.models import Chunk, Deferred, Transformation
from humanize.routing.router import Candidate
from humanize.states import EDGES, REWRITE_TASK, ServiceTier, State
from serving.backends.batch_protocol import BatchAnswer
from serving.gateway.calls import CallResult
from serving.vendor_batches import selectors
from serving.vendor_batches.preparation import WINDOW
from youman.core.runtime import queue
from youman.core.states import try_transition

SLACK = timedelta(minutes=30)  # for the vendor to stop and hand over what it has done by the deadline
LATE = "its vendor's batch did not come in time"


def hand_over(row: Transformation, chunks: Sequence[Chunk], order: RewriteOrder) -> bool:
    """Hand the parts to the vendor's batch; return whether the text now waits.

    Only once per text: what came of it, or did not, is the next run's. Parts that the cache can answer do not wait.
    """
    first = next(iter(order.engines), None)
    if row.service_tier != ServiceTier.BATCH or row.wait_until is not None or first is None or not first.has_batch:
        return False
    cached = cache.cached_stretches(order, [chunk.stretch for chunk in chunks])
    waiting = [chunk for chunk in chunks if chunk.number not in cached]
    return bool(waiting) and _wait(row, waiting, first)


@transaction.atomic
def _wait(row: Transformation, chunks: Sequence[Chunk], candidate: Candidate) -> bool:
    held = Transformation.objects.filter(pk=row.pk, attempt=row.attempt)
    until = timezone.now() + WINDOW + SLACK
    if not try_transition(held, edges=EDGES, to=State.WAITING, wait_until=until):
        return False
    rows = [Deferred(chunk=chunk, deployment=candidate.name) for chunk in chunks]
    Deferred.objects.bulk_create(rows, ignore_conflicts=True)  # a resumed text keeps the answers that it has
    return True


def prefetched_answers(row: Transformation) -> dict[int, PrefetchedAnswer]:
    """Return what the batch gave for each part, by its number; a part without an answer says so. Two queries at most,
    none for a text that never waited."""
    if row.service_tier != ServiceTier.BATCH:
        return {}
    parts = list(Deferred.objects.filter(chunk__transformation=row).select_related("chunk"))
    texts = {part.item: part.answer for part in parts if part.item is not None and part.answered}
    booked = selectors.booked_answers(texts)
    return {part.chunk.number: _prefetched(part, booked.get(part.item) if part.item else None) for part in parts}


def _prefetched(part: Deferred, answered: CallResult | None) -> PrefetchedAnswer:
    if answered is not None:
        return PrefetchedAnswer(part.deployment, part.item, part.sheet, answered)
    late = part.error in {"", "timeout"}
    return PrefetchedAnswer(
        part.deployment, part.item, part.sheet, None, part.error or "timeout", LATE if late else part.reason
    )


def store(item: UUID, answer: BatchAnswer) -> None:
    """Keep the answer to one call, in the transaction that books it. Does nothing where the text is gone."""
    rows = Deferred.objects.filter(item=item)
    if answer.result is not None:
        rows.update(answered=True, answer=answer.result.text or "", error="", reason="")
    elif answer.error is not None:
        rows.update(error=answer.error.kind)


def is_wanted(items: Sequence[UUID]) -> bool:
    """Whether a text still waits for any of these calls."""
    return Deferred.objects.filter(item__in=items, chunk__transformation__state=State.WAITING).exists()


def release(*, now: datetime | None = None) -> int:
    """Queue the texts that have nothing left to wait for, or no time; return how many."""
    moment = now or timezone.now()
    _note_dropped()
    open_ones = Deferred.objects.filter(chunk__transformation=OuterRef("pk"), answered=False, error="")
    rows = Transformation.objects.filter(state=State.WAITING).alias(open=Exists(open_ones))
    ready = rows.filter(open=False) | rows.filter(wait_until__lte=moment)
    return sum(_queue(pk, moment) for pk in ready.values_list("pk", flat=True))


@transaction.atomic
def _queue(pk: UUID, moment: datetime) -> bool:
    rows = Transformation.objects.filter(pk=pk, state=State.WAITING)
    moved = try_transition(rows, edges=EDGES, to=State.QUEUED, enqueued_at=moment)
    if moved:
        queue.enqueue_on_commit(REWRITE_TASK, str(pk))
    return moved


def _note_dropped() -> None:
    """What was never sent, after all, is not waited for."""
    waiting = Deferred.objects.filter(answered=False, error="", item__isnull=False)
    dropped = selectors.dropped_items([pk for pk in waiting.values_list("item", flat=True) if pk is not None])
    for item, kind in dropped.items():
        Deferred.objects.filter(item=item).update(error=kind)
