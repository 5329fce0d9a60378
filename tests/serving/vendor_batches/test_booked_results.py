"""What the calls of a vendor's batch are booked at where the bill is hard to read, by the same shapes as live calls."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from pytest_django.fixtures import Settings

from serving.backends.batch_protocol import BatchAnswer
from serving.gateway import snapshot
from serving.gateway.ledger import Caller
from serving.models import (
    Budget,
    BudgetPeriod,
    Deployment,
    Invocation,
    ProviderModel,
    Reservation,
    TierPrice,
    VendorBatch,
)
from serving.vendor_batches import preparation, results, status, submission
from serving.vendor_batches.preparation import BatchCall
from tests.serving.gateway.test_booked_costs import ASK, MODELS, TOKENS_SENT
from tests.vendors import VendorServer
from tests.vendors.money import MoneyShape, all_shapes
from youman.core.database.ids import new_id

pytestmark = pytest.mark.django_db
SHAPES = [one for one in all_shapes() if not one.streamed and isinstance(one.reply.body, dict)]


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    settings.PROVIDER_KEYS = dict.fromkeys(MODELS, "sk-test-0123456789")


def deployment_of(server: VendorServer, vendor: str) -> str:
    model = ProviderModel.objects.get_or_create(
        provider=vendor, model_id=MODELS[vendor],
        defaults={"name": vendor, "context_window": 9999, "max_output": 999},
    )[0]  # fmt: skip
    TierPrice.objects.get_or_create(
        model=model, service_tier="batch", defaults={"share": Decimal("0.5"), "from_day": "2024-01-01"}
    )
    Deployment.objects.create(
        name="batched", kind="llm", backend=vendor, provider_model=model, state="active",
        endpoint=server.url(vendor), capabilities={"has_batch": True},
    )  # fmt: skip
    snapshot.clear_cache()
    return "batched"


@pytest.mark.parametrize("vendor", MODELS)
def test_an_odd_answer_of_a_batch_is_booked_as_an_odd_answer_is(
    vendor_server: VendorServer, caller: Caller, vendor: str
) -> None:
    shapes = [one for one in SHAPES if one.vendor == vendor]
    Budget.objects.create(scope="account", subject=str(caller.account_id), span="month", money=1_000)
    vendor_server.batches.bodies = {
        n: one.reply.body for n, one in enumerate(shapes) if isinstance(one.reply.body, dict)
    }
    asked = [BatchCall(new_id(), caller, ASK) for _ in shapes]
    batch = preparation.prepare(deployment=deployment_of(vendor_server, vendor), calls=asked).batch
    assert batch is not None
    stored: list[BatchAnswer] = []
    submission.submit(batch, lambda ids: dict.fromkeys(ids, ASK))
    assert status.follow_batch(batch) is True, VendorBatch.objects.get().note
    assert results.collect(batch, lambda _, answer: stored.append(answer)) is True
    assert len(stored) == len(shapes)
    rows = {row.pk: row for row in Invocation.objects.all()}
    wrong = [
        f"{one}: {fault}" for call, one in zip(asked, shapes, strict=True) for fault in _faults(rows[call.id], one)
    ]
    assert wrong == []
    period = BudgetPeriod.objects.get()
    assert (period.money_reserved, period.tokens_reserved) == (Decimal(0), 0)
    assert Reservation.objects.count() == 0
    assert period.money_spent == sum((row.cost for row in rows.values()), Decimal(0))


def _faults(row: Invocation, shape: MoneyShape) -> Iterator[str]:
    if row.error != shape.kind:
        yield f"{row.error!r} instead of {shape.kind!r}"
    if row.estimated != (shape.booked in {"estimated", "prompt"}):
        yield "estimated" if row.estimated else "certain"
    if (row.cost > 0) != (shape.booked != "nothing"):
        yield f"${row.cost}"
    if shape.booked == "counted" and (row.tokens_in, row.tokens_out) != (120, 30):
        yield f"{row.tokens_in} in, {row.tokens_out} out"
    if shape.booked in {"estimated", "prompt"} and row.tokens_in not in {TOKENS_SENT, 120}:
        yield f"{row.tokens_in} in"
