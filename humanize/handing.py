"""Deferred parts on their way to the vendor: put together by deployment, rendered, and rendered again the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from humanize import deferring, engines, orders, settling, work
from humanize.ahead import nonce_of, sheet_of
from humanize.chunks import Stretch
from humanize.models import Deferred, Transformation
from humanize.prompts.style_sheet import StyleSheet
from humanize.router import Candidate
from humanize.states import State
from humanize.work import Order, Part
from serving.backends.base import RewriteRequest
from serving.errors import NotCalled
from serving.states import BatchState
from serving.vendor_batches import collecting, following, preparing, reading, submitting
from serving.vendor_batches.preparing import Call
from youman.core.ids import new_id


@dataclass(frozen=True, slots=True)
class _Rendered:
    row: Deferred
    call: Call
    sheet: str


@dataclass(frozen=True, slots=True)
class _Text:
    """Once a text, however many parts of it go out. `candidate` is None where the deployment is no longer live."""

    order: Order
    style: StyleSheet
    candidate: Candidate | None


def attend(*, now: datetime | None = None) -> None:
    """All that is due: what waits goes out, what is out is asked after, what is over comes in, who is done goes on."""
    gather()
    for batch in reading.open_batches(BatchState.SUBMITTING):
        submitting.submit(batch, requests, now=now)
    for batch in reading.open_batches(BatchState.SUBMITTED):
        following.follow(batch, wanted=_is_wanted(batch), now=now)
    for batch in reading.open_batches(BatchState.ENDED):
        if collecting.collect(batch, deferring.store, now=now):
            settling.settle(reading.texts_of(batch))
    deferring.release(now=now)


def gather() -> int:
    """Batches made of what waits and is in none yet."""
    made = 0
    waiting = Deferred.objects.filter(item=None, error="", chunk__transformation__state=State.WAITING)
    for name in sorted(set(waiting.values_list("deployment", flat=True))):
        rows = waiting.filter(deployment=name).select_related("chunk__transformation__owner").order_by("pk")
        made += _made(name, list(rows[: preparing.MOST_ITEMS]))
    return made


def _made(deployment: str, rows: Sequence[Deferred]) -> int:
    rendered = list(_rendered(rows, {row.pk: new_id() for row in rows}))
    left_out = {row.pk for row in rows} - {one.row.pk for one in rendered}
    Deferred.objects.filter(pk__in=left_out).update(error="retired", reason="it could no longer be asked")
    if not rendered:
        return 0
    fit = rendered[: preparing.room([one.call for one in rendered])]
    try:
        return _prepared(deployment, fit)
    except NotCalled as error:
        pks = [one.row.pk for one in fit]
        Deferred.objects.filter(pk__in=pks).update(error=error.kind, reason=error.detail[:300])
        return 0


@transaction.atomic
def _prepared(deployment: str, rendered: Sequence[_Rendered]) -> int:
    prepared = preparing.prepare(deployment=deployment, calls=[one.call for one in rendered])
    for one in rendered:
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
    found = list(rows.select_related("chunk__transformation__owner"))
    ids = {row.pk: row.item for row in found if row.item is not None}
    return {one.call.id: one.call.request for one in _rendered(found, ids) if one.sheet == one.row.sheet}


def _rendered(rows: Sequence[Deferred], ids: Mapping[int, UUID]) -> Iterator[_Rendered]:
    """Those whose deployment may still be asked and that have a sentence to ask about."""
    texts: dict[UUID, _Text] = {}
    for row in rows:
        text = row.chunk.transformation
        if text.pk not in texts:
            texts[text.pk] = _text(text, row.deployment)
        candidate = texts[text.pk].candidate
        if candidate is not None:
            yield from _one(row, ids[row.pk], texts[text.pk], candidate)


def _one(row: Deferred, id: UUID, text: _Text, candidate: Candidate) -> Iterator[_Rendered]:
    part = Part(row.chunk.number, Stretch(row.chunk.start, row.chunk.end, 0))
    job = work.job_for(text.order, part, text.style)
    asked = engines.question(job, nonce=nonce_of(id))
    if asked.prompt:
        request = engines.first_request(candidate, job, asked, within_s=preparing.WINDOW.total_seconds())
        yield _Rendered(row, Call(id, job.caller, request), sheet_of(asked))


def _text(text: Transformation, deployment: str) -> _Text:
    options = orders.resolved(text)
    plan = orders.planned(text, options)
    engines = {one.name: one for one in plan.route.engines}
    order = orders.order(text, options, plan)
    return _Text(order, work.style_of(order), engines.get(deployment))


def _is_wanted(batch: UUID) -> bool:
    items = reading.items_of(batch)
    return Deferred.objects.filter(item__in=items, chunk__transformation__state=State.WAITING).exists()
