"""Creates the rows of a batch before anything is sent, so that they tell what is reserved and may be at the vendor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from serving.backends import vendors
from serving.backends.base import RewriteRequest
from serving.errors import BudgetExceeded, NotCalled, UnknownDeployment
from serving.gateway import budgets, ledger, prices, resolved_target, snapshot
from serving.gateway.budgets import BudgetHold
from serving.gateway.ledger import Caller
from serving.gateway.snapshot import BudgetRow, LiveRow
from serving.models import VendorBatch, VendorBatchItem

WINDOW = timedelta(hours=24)  # what all three vendors promise
GRACE = timedelta(hours=6)  # a reservation outlasts the vendor's window by this, for results that are collected late
MAX_ITEMS = 500
MAX_CHARACTERS = 8_000_000  # per batch: Google accepts 20 MB inline, and a character may be four bytes


@dataclass(frozen=True, slots=True)
class BatchCall:
    """A call for a batch; `id` becomes the id of its row in the ledger."""

    id: UUID
    caller: Caller
    request: RewriteRequest


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """`batch` is None when none of its calls may be made; `refused` has the reason for each refused call."""

    batch: UUID | None
    refused: Mapping[UUID, NotCalled]


def batch_capacity(calls: Sequence[BatchCall]) -> int:
    """Return how many of the calls, from the first on, fit into one batch; at least one."""
    sent = 0
    for number, one in enumerate(calls[:MAX_ITEMS]):
        sent += ledger.sizes_of(one.request).sent
        if number and sent > MAX_CHARACTERS:
            return number
    return min(len(calls), MAX_ITEMS)


@transaction.atomic
def prepare(*, deployment: str, calls: Sequence[BatchCall], now: datetime | None = None) -> PreparedBatch:
    """Create a batch of the calls that fit the budgets, and reserve their cost.

    Raises UnknownDeployment, KeyMissing, PriceUnknown.
    """
    at, picture = now or timezone.now(), snapshot.current()
    row = picture.live_row(deployment)
    if not vendors.has_batches(row.backend):
        raise UnknownDeployment(f"The backend {row.backend!r} of {row.name} does not support batches")
    resolved_target.target_of(row)
    batch = VendorBatch(deployment_id=row.pk, created_at=at, deadline_at=at + WINDOW)
    refused: dict[UUID, NotCalled] = {}
    items: list[VendorBatchItem] = []
    for one in calls:
        try:
            hold = _reserved(row, one, budgets.applicable_budgets(picture.budgets, row, one.caller), at)
        except BudgetExceeded as error:
            refused[one.id] = error
        else:
            items.append(_item(batch, len(items), one, hold))
    if not items:
        return PreparedBatch(None, refused)
    batch.save(force_insert=True)
    VendorBatchItem.objects.bulk_create(items)
    return PreparedBatch(batch.pk, refused)


def _reserved(row: LiveRow, call: BatchCall, holds: tuple[BudgetRow, ...], at: datetime) -> BudgetHold:
    most = budgets.maximum_cost_of(row, call.request, at=at, service_tier=prices.BATCH)
    return budgets.reserve(holds, invocation=call.id, maximum=most, until=at + WINDOW + GRACE)


def _item(batch: VendorBatch, number: int, call: BatchCall, hold: BudgetHold) -> VendorBatchItem:
    caller, sizes = call.caller, ledger.sizes_of(call.request)
    return VendorBatchItem(
        id=call.id,
        batch=batch,
        number=number,
        account=caller.account_id,
        tier=caller.tier,
        transformation=caller.transformation_id,
        chunk=caller.chunk,
        attempt=caller.attempt,
        strategy=caller.strategy,
        complexity=caller.complexity,
        words=sizes.words,
        characters=sizes.characters,
        characters_sent=sizes.sent,
        language=call.request.language[:8],
        money_held=hold.maximum.money,
        tokens_held=hold.maximum.tokens,
        periods=list(hold.periods),
    )
