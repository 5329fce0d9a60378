"""A text that may wait a day: its parts are handed to a vendor's batch, and it waits as a row, without a worker.

    running ──hand_in──▶ waiting ──(gather, submit, follow, collect)──release──▶ queued ──▶ running, with the answers

What the vendor did not do, in time or at all, is asked for live by the run that follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from humanize.generation import cache, parallel
from humanize.generation.availability import Planned
from humanize.generation.order_builder import order
from humanize.generation.parallel import Order, Part
from humanize.generation.prefetched import Ahead
from humanize.models import Chunk, Deferred, Transformation
from humanize.options import RewriteOptions
from humanize.pipeline.chunks import Stretch
from humanize.routing.router import Candidate
from humanize.states import EDGES, REWRITE_TASK, ServiceTier, State
from serving.backends.batch_protocol import BatchAnswer
from serving.vendor_batches import selectors
from serving.vendor_batches.preparation import WINDOW
from youman.core.runtime import queue
from youman.core.states import try_transition

SLACK = timedelta(minutes=30)  # for the vendor to stop and hand over what it has done by the deadline
LATE = "its vendor's batch did not come in time"


def hand_in(row: Transformation, chunks: Sequence[Chunk], options: RewriteOptions, plan: Planned) -> bool:
    """Whether the text now waits. Only once a text: what came of it, or did not, is the next run's."""
    first = next(iter(plan.route.engines), None)
    if row.service_tier != ServiceTier.BATCH or row.wait_until is not None or first is None or not first.has_batch:
        return False
    asked = order(row, options, plan)
    waiting = [one for one in chunks if not _is_cached(asked, one)]
    if not waiting:
        return False
    return _wait(row, waiting, first)


@transaction.atomic
def _wait(row: Transformation, chunks: Sequence[Chunk], candidate: Candidate) -> bool:
    mine = Transformation.objects.filter(pk=row.pk, attempt=row.attempt)
    until = timezone.now() + WINDOW + SLACK
    if not try_transition(mine, edges=EDGES, to=State.WAITING, wait_until=until):
        return False
    rows = [Deferred(chunk=one, deployment=candidate.name) for one in chunks]
    Deferred.objects.bulk_create(rows, ignore_conflicts=True)  # a resumed text keeps the answers that it has
    return True


def _is_cached(asked: Order, chunk: Chunk) -> bool:
    job = parallel.job_for(asked, Part(chunk.number, Stretch(chunk.start, chunk.end, 0)))
    return cache.find(asked.account_id, parallel.key_for(asked, job)) is not None


def aheads(row: Transformation) -> dict[int, Ahead]:
    """What is there for each part, by its number; a part without an answer says so."""
    found = Deferred.objects.filter(chunk__transformation=row).select_related("chunk")
    return {one.chunk.number: _ahead(one) for one in found}


def _ahead(one: Deferred) -> Ahead:
    if one.item is None or not one.answered:
        late = one.error in {"", "timeout"}
        reason = LATE if late else one.reason
        return Ahead(one.deployment, one.item, one.sheet, None, one.error or "timeout", reason)
    return Ahead(one.deployment, one.item, one.sheet, selectors.booked_answer(one.item, one.answer))


def store(item: UUID, answer: BatchAnswer) -> None:
    """In the transaction that books the call. Nothing where the text is gone."""
    rows = Deferred.objects.filter(item=item)
    if answer.result is not None:
        rows.update(answered=True, answer=answer.result.text or "", error="", reason="")
    elif answer.error is not None:
        rows.update(error=answer.error.kind)


def is_wanted(items: Sequence[UUID]) -> bool:
    """Whether a text still waits for any of these calls."""
    return Deferred.objects.filter(item__in=items, chunk__transformation__state=State.WAITING).exists()


def release(*, now: datetime | None = None) -> int:
    """Queue again the texts that have nothing left to wait for, or no time; returns how many."""
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
