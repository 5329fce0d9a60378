"""Texts that may wait a day: their parts go into a vendor's batch, and they wait as rows without a worker.

    running ──hand_over──▶ waiting ──(gather, submit, follow, collect)──release──▶ queued ──▶ running, with the answers

Parts that the vendor did not answer in time, or not at all, are requested live by the next run.
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

SLACK = timedelta(minutes=30)  # time for the vendor to stop the batch and return what is done by the deadline
LATE = "its vendor's batch did not answer in time"


def hand_over(row: Transformation, chunks: Sequence[Chunk], order: RewriteOrder) -> bool:
    """Defer the parts to the vendor's batch; return whether the text now waits.

    A text waits only once; the next run uses the answers and requests the rest live. Parts that the cache can answer
    are not deferred.
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
    """Return the batch's answer to each part, or its failure, by the number of the part.

    Makes up to two queries; none for a text that never waited.
    """
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
    """Store the answer to one call, in the transaction that books its cost. Does nothing if the text was deleted."""
    rows = Deferred.objects.filter(item=item)
    if answer.result is not None:
        rows.update(answered=True, answer=answer.result.text or "", error="", reason="")
    elif answer.error is not None:
        rows.update(error=answer.error.kind)


def is_wanted(items: Sequence[UUID]) -> bool:
    """Return whether a text still waits for any of these calls."""
    return Deferred.objects.filter(item__in=items, chunk__transformation__state=State.WAITING).exists()


def release(*, now: datetime | None = None) -> int:
    """Queue the texts whose calls have all ended or whose time is up; return their number."""
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
    """Record an error on the parts whose call was never sent, so that nothing waits for them."""
    waiting = Deferred.objects.filter(answered=False, error="", item__isnull=False)
    dropped = selectors.dropped_items([pk for pk in waiting.values_list("item", flat=True) if pk is not None])
    for item, kind in dropped.items():
        Deferred.objects.filter(item=item).update(error=kind)
