"""Deferred parts on their way to the vendor and back: what beat asks for, once a minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from humanize.deferred.batch_calls import Rendered, rendered
from humanize.deferred.waiting import is_wanted, release, store
from humanize.generation import settlement
from humanize.models import Deferred
from humanize.states import State
from serving.backends.base import RewriteRequest
from serving.errors import NotCalled
from serving.states import BatchState
from serving.vendor_batches import preparation, results, selectors, status, submission
from youman.core.database.ids import new_id


def attend(*, now: datetime | None = None) -> None:
    """All that is due: what waits goes out, what is out is asked after, what is over comes in, who is done goes on."""
    gather()
    for batch in selectors.open_batches(BatchState.SUBMITTING):
        submission.submit(batch, requests, now=now)
    for batch in selectors.open_batches(BatchState.SUBMITTED):
        status.follow_batch(batch, wanted=is_wanted(selectors.items_of(batch)), now=now)
    for batch in selectors.open_batches(BatchState.ENDED):
        if results.collect(batch, store, now=now):
            settlement.settle(selectors.texts_of(batch))
    release(now=now)


def gather() -> int:
    """Batches made of what waits and is in none yet."""
    made = 0
    waiting = Deferred.objects.filter(item=None, error="", chunk__transformation__state=State.WAITING)
    for name in sorted(set(waiting.values_list("deployment", flat=True))):
        rows = waiting.filter(deployment=name).select_related("chunk").order_by("pk")
        made += _made(name, list(rows[: preparation.MOST_ITEMS]))
    return made


def _made(deployment: str, rows: Sequence[Deferred]) -> int:
    found = list(rendered(rows, {row.pk: new_id() for row in rows}))
    left_out = {row.pk for row in rows} - {one.row.pk for one in found}
    Deferred.objects.filter(pk__in=left_out).update(error="unasked", reason="its vendor's batch was not asked")
    if not found:
        return 0
    fit = found[: preparation.batch_capacity([one.call for one in found])]
    try:
        return _prepared(deployment, fit)
    except NotCalled as error:
        pks = [one.row.pk for one in fit]
        Deferred.objects.filter(pk__in=pks).update(error=error.kind, reason=error.detail[:300])
        return 0


@transaction.atomic
def _prepared(deployment: str, parts: Sequence[Rendered]) -> int:
    prepared = preparation.prepare(deployment=deployment, calls=[one.call for one in parts])
    for one in parts:
        refused = prepared.refused.get(one.call.id)
        values = {"item": one.call.id, "sheet": one.sheet}
        if refused is not None:
            values = {"error": refused.kind, "reason": refused.detail[:300]}
        # Of two who gather at once the second finds no row without an item, and takes all of its own back.
        if not Deferred.objects.filter(pk=one.row.pk, item=None).update(**values):
            transaction.set_rollback(True)
            return 0
    return 1


def requests(items: Sequence[UUID]) -> Mapping[UUID, RewriteRequest]:
    """As they were, or are, to be sent; without those whose text is gone or no longer waits."""
    rows = Deferred.objects.filter(item__in=items, chunk__transformation__state=State.WAITING)
    found = list(rows.select_related("chunk"))
    ids = {row.pk: row.item for row in found if row.item is not None}
    return {one.call.id: one.call.request for one in rendered(found, ids) if one.sheet == one.row.sheet}
