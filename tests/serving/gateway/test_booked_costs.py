"""What a call is booked at where the bill is hard to read: never a certain zero for what a vendor may bill.

Over every shape of `tests/vendors/money.py`: the failure, the ledger's rows, and that the budget holds what they say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings

from serving.backends import factory
from serving.backends.base import BackendError, RewriteRequest
from serving.gateway import breaker, calls, snapshot
from serving.gateway.ledger import Caller
from serving.models import Budget, BudgetPeriod, Deployment, Invocation, ProviderModel, Reservation
from tests.vendors import VendorServer, faults
from tests.vendors.faults import Reply
from tests.vendors.money import REASONING, MoneyShape, all_shapes

pytestmark = pytest.mark.django_db
SHAPES = all_shapes()
ASK = RewriteRequest(
    "We leverage tools. " * 10, prompt="1: We leverage tools.\n" * 10, max_output_tokens=100, deadline_s=30.0
)
TOKENS_SENT = 55  # of the prompt's 220 characters
MODELS = {"openai": "gpt-6-luna", "anthropic": "claude-haiku-5-5", "google": "gemini-3.5-flash-lite"}


@pytest.fixture(autouse=True)
def keys(vendor_server: VendorServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PROVIDER_KEYS = dict.fromkeys(MODELS, "sk-test-0123456789")
    monkeypatch.setattr(calls, "BACKOFF_S", 0.001)


@pytest.fixture(autouse=True, scope="module")
def closed() -> Iterator[None]:
    """The backends are the same for all shapes: each is made once."""
    yield
    factory.close_all()


def deployment_of(server: VendorServer, vendor: str, *, streamed: bool, backend: str = "") -> str:
    model = ProviderModel.objects.get_or_create(
        provider=vendor, model_id=MODELS[vendor],
        defaults={"name": vendor, "context_window": 9999, "max_output": 999},
    )[0]  # fmt: skip
    name = f"{backend or vendor}-{'streamed' if streamed else 'whole'}"
    Deployment.objects.create(
        name=name, kind="llm", backend=backend or vendor, provider_model=model, state="active",
        endpoint=server.url(vendor), options={"stream": streamed},
    )  # fmt: skip
    snapshot.clear_cache()
    return name


def test_there_are_at_least_twenty_shapes_of_each_vendor_whole_and_streamed() -> None:
    counts = {
        (vendor, streamed): sum((one.vendor, one.streamed) == (vendor, streamed) for one in SHAPES)
        for vendor in MODELS
        for streamed in (False, True)
    }
    assert min(counts.values()) >= 20
    assert len({str(one) for one in SHAPES}) == len(SHAPES)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_what_is_booked_is_what_the_vendor_counts_or_an_estimate_that_is_marked(
    vendor_server: VendorServer, caller: Caller, shape: MoneyShape
) -> None:
    name = deployment_of(vendor_server, shape.vendor, streamed=shape.streamed)
    Budget.objects.create(scope="account", subject=str(caller.account_id), span="month", money=1_000)
    vendor_server.scripted = shape.reply
    kind = text = ""
    try:
        text = calls.rewrite(deployment=name, request=ASK, caller=caller).result.text or ""
    except BackendError as error:
        kind = error.kind
    rows = list(Invocation.objects.order_by("number"))
    assert (kind, text) == (shape.kind, "" if shape.kind else shape.text)
    assert {row.error for row in rows} == {shape.kind}
    for row in rows:
        check_row(row, shape)
    period = BudgetPeriod.objects.get()
    assert (period.money_reserved, period.tokens_reserved, Reservation.objects.count()) == (0, 0, 0)
    assert period.money_spent == sum((row.cost for row in rows), Decimal(0))
    assert period.tokens_spent == sum(row.tokens_in + row.tokens_out for row in rows)


def check_row(row: Invocation, shape: MoneyShape) -> None:
    assert row.estimated == (shape.booked in {"estimated", "prompt"})
    assert (row.cost > 0) == (shape.booked != "nothing")
    if shape.booked == "counted":
        assert (row.tokens_in, row.tokens_out) == (120, 30)
    elif shape.booked == "prompt":
        assert (row.tokens_in, row.tokens_out) == (TOKENS_SENT, 0)
    elif shape.booked == "estimated":
        assert row.tokens_in in {TOKENS_SENT, 120}  # 120: the vendor's own count of the input, where it sent one
        assert row.tokens_out > 0
        if "reasoning" in shape.name:
            assert row.tokens_out >= len(REASONING) / 4


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_a_server_that_speaks_the_same_protocol_is_booked_the_same(
    vendor_server: VendorServer, caller: Caller, streamed: bool
) -> None:
    """The OpenAI-compatible backend, with a model that has a price."""
    name = deployment_of(vendor_server, "openai", streamed=streamed, backend="openai_compatible")
    before: set[UUID] = set()
    for shape in SHAPES:
        if shape.vendor != "openai" or shape.streamed != streamed or not shape.name.startswith(("usage", "content")):
            continue
        vendor_server.scripted = shape.reply
        try:
            calls.rewrite(deployment=name, request=ASK, caller=caller)
        except BackendError as error:
            assert error.kind == shape.kind
        rows = Invocation.objects.exclude(pk__in=before)
        assert rows.exists()
        for row in rows:
            check_row(row, shape)
        before |= {row.pk for row in rows}


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("fault", ["rate", "rate_retry_after", "rate_absurd", "quota", "overload_529", "bad_key"])
@pytest.mark.parametrize("vendor", MODELS)
def test_an_error_beside_http_200_is_the_error_that_it_is_as_a_status(
    vendor_server: VendorServer, caller: Caller, vendor: str, fault: str, streamed: bool
) -> None:
    """The same kind, the same pause, the same tries, the same breaker and the same cost."""
    plain = faults.REPLIES[fault](vendor, "small-1")
    told = Reply(200, f"data: {json.dumps(plain.body)}\n\n" if streamed else plain.body, plain.headers)
    seen = []
    for reply in (plain, told):
        name = deployment_of(vendor_server, vendor, streamed=streamed)
        vendor_server.scripted = reply
        with pytest.raises(BackendError) as caught:
            calls.rewrite(deployment=name, request=ASK, caller=caller)
        error, rows = caught.value, Invocation.objects.filter(deployment__name=name)
        health = breaker.health_of([name])[name]
        booked = [(row.error, row.cost, row.estimated) for row in rows]
        seen.append((error.kind, error.wait_s, error.cool_s, error.retry, health.state, health.why, booked))
        breaker.reset(name)
        Deployment.objects.filter(name=name).update(name=f"{name}-before")
    assert seen[0] == seen[1]
