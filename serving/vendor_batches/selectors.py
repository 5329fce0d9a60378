"""Queries of vendors' batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from serving.backends.base import RewriteResult, Usage
from serving.gateway.calls import CallResult
from serving.models import Invocation, VendorBatch, VendorBatchItem
from serving.states import BatchState, ItemState


def open_batches(state: BatchState) -> list[UUID]:
    """Return the batches in this state, oldest first."""
    return list(VendorBatch.objects.filter(state=state).order_by("created_at").values_list("pk", flat=True))


def items_of(batch: UUID) -> list[UUID]:
    """Return the ids of the batch's items."""
    return list(VendorBatchItem.objects.filter(batch=batch).values_list("pk", flat=True))


def texts_of(batch: UUID) -> list[UUID]:
    """Return the ids of the transformations that have calls in the batch."""
    rows = VendorBatchItem.objects.filter(batch=batch, transformation__isnull=False)
    return [pk for pk in rows.values_list("transformation", flat=True).distinct() if pk is not None]


def dropped_items(items: Sequence[UUID]) -> dict[UUID, str]:
    """Return those of the items that were never sent, each with the reason in a word."""
    rows = VendorBatchItem.objects.filter(pk__in=items, state=ItemState.DROPPED)
    return {pk: error or "cancelled" for pk, error in rows.values_list("pk", "error")}


def booked_answers(texts: Mapping[UUID, str]) -> dict[UUID, CallResult]:
    """Return answers that were booked before, as if they came now, by one query.

    `texts` are what the vendor wrote, by the id of the call; a call that the ledger does not know is left out.
    """
    if not texts:
        return {}
    return {row.pk: _booked_answer(row, texts[row.pk]) for row in Invocation.objects.filter(pk__in=list(texts))}


def _booked_answer(row: Invocation, text: str) -> CallResult:
    usage = Usage(row.tokens_in, row.tokens_cached, row.tokens_out, row.tokens_thinking, row.estimated)
    return CallResult(RewriteResult(row.model, text=text, usage=usage), row.pk, row.cost, row.baseline_cost)
