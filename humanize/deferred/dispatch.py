"""Sends deferred parts to vendors' batches and stores the answers; beat calls it once a minute.

Prompts are not stored: the same call id gives the same prompt, so it is rendered when the batch is prepared and again
when it is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from humanize.deferred.waiting import is_wanted, release, store
from humanize.generation import attempt, settlement
from humanize.generation.prefetched import nonce_for, sheet_digest
from humanize.generation.rewrite_order import RewriteOrder, order_for, prepare_part
from humanize.models import Deferred, Transformation
from humanize.routing.router import Candidate
from humanize.states import State
from serving.backends.base import RewriteRequest
from serving.errors import NotCalled
from serving.states import BatchState
from serving.vendor_batches import preparation, results, selectors, status, submission
from serving.vendor_batches.preparation import WINDOW, BatchCall
from youman.core.database.ids import new_id


@dataclass(frozen=True, slots=True)
class RenderedCall:
    """A deferred part as a call of a batch. `sheet` is the digest of what the model is shown."""

    row: Deferred
    call: BatchCall
    sheet: str


def advance_batches(*, now: datetime | None = None) -> None:
    """Do what is due: send waiting parts, check the status of sent batches, store their answers, and queue the texts
    that need not wait any longer."""
    gather()
    for batch in selectors.open_batches(BatchState.SUBMITTING):
        submission.submit(batch, requests_for, now=now)
    for batch in selectors.open_batches(BatchState.SUBMITTED):
        status.follow_batch(batch, wanted=is_wanted(selectors.items_of(batch)), now=now)
    for batch in selectors.open_batches(BatchState.ENDED):
        if results.collect(batch, store, now=now):
            settlement.settle(selectors.texts_of(batch))
    release(now=now)


def gather() -> int:
    """Put the waiting parts that are in no batch yet into new batches; return the number of batches."""
    made = 0
    waiting = Deferred.objects.filter(item=None, error="", chunk__transformation__state=State.WAITING)
    for name in sorted(set(waiting.values_list("deployment", flat=True))):
        rows = waiting.filter(deployment=name).select_related("chunk").order_by("pk")
        made += _make_batch(name, list(rows[: preparation.MAX_ITEMS]))
    return made


def _make_batch(deployment: str, rows: Sequence[Deferred]) -> int:
    found = list(_render(rows, {row.pk: new_id() for row in rows}))
    left_out = {row.pk for row in rows} - {rendered.row.pk for rendered in found}
    Deferred.objects.filter(pk__in=left_out).update(error="unasked", reason="it was not sent to its vendor's batch")
    if not found:
        return 0
    fit = found[: preparation.batch_capacity([rendered.call for rendered in found])]
    try:
        return _prepare(deployment, fit)
    except NotCalled as error:
        pks = [rendered.row.pk for rendered in fit]
        Deferred.objects.filter(pk__in=pks).update(error=error.kind, reason=error.detail[:300])
        return 0


@transaction.atomic
def _prepare(deployment: str, parts: Sequence[RenderedCall]) -> int:
    prepared = preparation.prepare(deployment=deployment, calls=[part.call for part in parts])
    for part in parts:
        refused = prepared.refused.get(part.call.id)
        values = {"item": part.call.id, "sheet": part.sheet}
        if refused is not None:
            values = {"error": refused.kind, "reason": refused.detail[:300]}
        # When two processes gather at the same time, the second one finds the rows taken and rolls back.
        if not Deferred.objects.filter(pk=part.row.pk, item=None).update(**values):
            transaction.set_rollback(True)
            return 0
    return 1


def requests_for(items: Sequence[UUID]) -> Mapping[UUID, RewriteRequest]:
    """Return the request of each call, by its id. Calls whose text was deleted or no longer waits are left out."""
    rows = Deferred.objects.filter(item__in=items, chunk__transformation__state=State.WAITING)
    found = list(rows.select_related("chunk"))
    ids = {row.pk: row.item for row in found if row.item is not None}
    return {
        rendered.call.id: rendered.call.request
        for rendered in _render(found, ids)
        if rendered.sheet == rendered.row.sheet
    }


def _render(rows: Sequence[Deferred], ids: Mapping[int, UUID]) -> Iterator[RenderedCall]:
    """Yield the calls whose deployment is still available and that have a sentence to ask about.

    `rows` must have their chunks loaded.
    """
    wanted = {row.chunk.transformation_id for row in rows}
    texts = Transformation.objects.select_related("owner").filter(pk__in=wanted)  # not joined: a book has 200 parts
    orders = {text.pk: order_for(text) for text in texts}
    for row in rows:
        order = orders[row.chunk.transformation_id]
        live = {engine.name: engine for engine in order.plan.route.engines}
        if row.deployment in live:
            yield from _render_one(row, ids[row.pk], order, live[row.deployment])


def _render_one(row: Deferred, id: UUID, order: RewriteOrder, candidate: Candidate) -> Iterator[RenderedCall]:
    part = prepare_part(order, row.chunk.stretch)
    question = attempt.first_question(part, nonce=nonce_for(id))
    if question.prompt:
        request = attempt.batch_request(candidate, part, question, within_s=WINDOW.total_seconds())
        yield RenderedCall(row, BatchCall(id, part.caller, request), sheet_digest(question))
