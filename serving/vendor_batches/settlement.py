"""Settles an item: its row in the ledger, the budgets and its state change in one transaction, and never twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from serving.backends.base import BackendError, RewriteRequest, Usage
from serving.backends.batch_protocol import BatchAnswer
from serving.backends.failures import estimate
from serving.gateway import budgets, ledger, ledger_write, prices
from serving.gateway.budgets import BudgetHold, MaximumCost
from serving.gateway.ledger import Caller, Entry, Sizes
from serving.gateway.snapshot import LiveRow
from serving.models import VendorBatch, VendorBatchItem
from serving.states import BATCH_EDGES, ITEM_EDGES, BatchState, ItemState
from youman.core.states import transition, try_transition

Store = Callable[[UUID, BatchAnswer], None]


def settle_item(row: LiveRow, batch: VendorBatch, item: VendorBatchItem, answer: BatchAnswer, store: Store) -> bool:
    """Book an answer; return False if it was booked before. `store` saves it for the caller in the same transaction."""
    error, result = answer.error, answer.result
    ended = batch.ended_at or timezone.now()
    started = batch.submitted_at or batch.created_at
    entry = replace(
        _entry(row, item, started),
        latency_s=max(0.0, (ended - started).total_seconds()),
        usage=_usage(item, result.usage if result else (error.usage if error else None)),
        model=(result.model if result else error.model if error else "") or (row.model.model_id if row.model else ""),
        answer=(result.text or "") if result else "",
        error=error.kind if error else "",
    )
    made = ledger.invocation_of(entry, item.pk)
    to = ItemState.FAILED if error else ItemState.ANSWERED
    with transaction.atomic():
        mine = VendorBatchItem.objects.filter(pk=item.pk)
        if not try_transition(mine, edges=ITEM_EDGES, to=to, error=entry.error):
            return False
        ledger_write.post_entry(made, _hold(item))
        store(item.pk, answer)
    return True


def drop_item(item: VendorBatchItem) -> None:
    """Drop an item that will not be sent: its reservation is released, and it gets no row in the ledger."""
    with transaction.atomic():
        if try_transition(VendorBatchItem.objects.filter(pk=item.pk), edges=ITEM_EDGES, to=ItemState.DROPPED):
            budgets.settle(_hold(item), money=prices.ZERO, tokens=0)


def give_up(batch: VendorBatch, note: str, *, kind: str) -> None:
    """Fail a batch that the vendor has not accepted, and drop its open items."""
    for item in VendorBatchItem.objects.filter(batch=batch, state=ItemState.OPEN):
        drop_item(item)
    over = {"note": note[:300], "finished_at": timezone.now()}
    transition(VendorBatch.objects.filter(pk=batch.pk), edges=BATCH_EDGES, to=BatchState.FAILED, **over)
    VendorBatchItem.objects.filter(batch=batch, state=ItemState.DROPPED, error="").update(error=kind)


def estimated_usage(item: VendorBatchItem) -> Usage:
    """Estimate the usage of a call whose answer is lost, because the vendor may still bill it."""
    return estimate(item.characters_sent, item.characters)


def _usage(item: VendorBatchItem, found: Usage | None) -> Usage:
    """The prompt is no longer at hand where an answer is read: what had to be estimated is estimated from its size."""
    if found is None or not found.estimated:
        return found or Usage()
    guess = estimated_usage(item)
    tokens_in = max(found.tokens_in, guess.tokens_in)
    return replace(found, tokens_in=tokens_in, tokens_out=found.tokens_out or guess.tokens_out)


def _entry(row: LiveRow, item: VendorBatchItem, at: datetime) -> Entry:
    caller = Caller(
        account_id=item.account,
        tier=item.tier,
        transformation_id=item.transformation,
        chunk=item.chunk,
        attempt=item.attempt,
        strategy=item.strategy,
        complexity=item.complexity,
    )
    sizes = Sizes(item.words, item.characters, item.characters_sent)
    return Entry(row, caller, RewriteRequest("", language=item.language), at, service_tier=prices.BATCH, sizes=sizes)


def _hold(item: VendorBatchItem) -> BudgetHold:
    return BudgetHold(item.pk, MaximumCost(item.money_held, item.tokens_held), tuple(item.periods))


def lost_answer(item: VendorBatchItem, error: BackendError) -> BatchAnswer:
    """Return a failed answer whose usage is estimated."""
    error.usage = estimated_usage(item)
    return BatchAnswer(item.pk.hex, error=error)
