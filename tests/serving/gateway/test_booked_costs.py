"""What a call is booked at where the bill is hard to read: never a certain zero for what a vendor may bill.

Over every shape of `tests/vendors/money.py`: the failure, the ledger's rows, and that the budget holds what they say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from pytest_django.fixtures import Settings

from serving.backends import factory
from serving.backends.base import BackendError, RewriteRequest
from serving.backends.failures import CHARACTERS_A_TOKEN
from serving.gateway import breaker, calls, snapshot
from serving.gateway.ledger import Caller
from serving.models import Budget, BudgetPeriod, Deployment, Invocation, ProviderModel, Reservation
from tests.vendors import VendorServer, faults
from tests.vendors.faults import Reply
from tests.vendors.money import REASONING, MoneyShape, all_shapes
from youman.core.database.ids import new_id

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


def deployment_of(server: VendorServer, vendor: str, *, streamed: bool, backend: str = "", start: str = "d") -> str:
    model = ProviderModel.objects.get_or_create(
        provider=vendor, model_id=MODELS[vendor],
        defaults={"name": vendor, "context_window": 9999, "max_output": 999},
    )[0]  # fmt: skip
    name = f"{start}-{backend or vendor}-{'streamed' if streamed else 'whole'}"
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


GROUPS = sorted({(one.vendor, one.vendor, one.streamed, one.family) for one in SHAPES}) + [
    ("openai_compatible", "openai", streamed, family) for streamed in (False, True) for family in ("usage", "error")
]  # the same wire by another backend, and a model that has a price


@pytest.mark.parametrize(("backend", "vendor", "streamed", "family"), GROUPS)
def test_what_is_booked_is_what_the_vendor_counts_or_an_estimate_that_is_marked(
    vendor_server: VendorServer, caller: Caller, backend: str, vendor: str, streamed: bool, family: str
) -> None:
    name = deployment_of(vendor_server, vendor, streamed=streamed, backend=backend)
    Budget.objects.create(scope="account", subject=str(caller.account_id), span="month", money=1_000)
    snapshot.clear_cache()
    wrong = []
    for shape in SHAPES:
        if (shape.vendor, shape.streamed, shape.family) == (vendor, streamed, family):
            vendor_server.scripted = shape.reply
            wrong += [f"{shape}: {fault}" for fault in faults_of(name, shape, caller)]
            breaker.reset(name)
    assert wrong == []
    rows, period = list(Invocation.objects.all()), BudgetPeriod.objects.get()
    assert (period.money_reserved, period.tokens_reserved) == (Decimal(0), 0)
    assert Reservation.objects.count() == 0
    assert period.money_spent == sum((row.cost for row in rows), Decimal(0))
    assert period.tokens_spent == sum(row.tokens_in + row.tokens_out for row in rows)


def faults_of(name: str, shape: MoneyShape, caller: Caller) -> Iterator[str]:
    """What is wrong with the failure or the rows of one call."""
    text, asked = "", replace(caller, transformation_id=new_id())
    kind = ""
    try:
        text = calls.rewrite(deployment=name, request=ASK, caller=asked).result.text or ""
    except BackendError as error:
        kind = error.kind
    except Exception as error:  # noqa: BLE001  # whatever it is, it is wrong, and the other shapes are looked at too
        yield f"{type(error).__name__} instead of a BackendError"
        return
    if (kind, text) != (shape.kind, "" if shape.kind else shape.text):
        yield f"{kind or 'answered'} {text!r}"
    rows = list(Invocation.objects.filter(transformation=asked.transformation_id))
    if {row.error for row in rows} != {shape.kind}:
        yield f"rows of {[row.error for row in rows]}"
    for row in rows:
        if not is_booked(row, shape):
            counts = f"{row.tokens_in} in, {row.tokens_out} out, ${row.cost}"
            yield f"{counts}, {'estimated' if row.estimated else 'certain'}"


def is_booked(row: Invocation, shape: MoneyShape) -> bool:
    counts = (row.tokens_in, row.tokens_out, row.cost > 0, row.estimated)
    exact = {
        "counted": (120, 30, True, False), "prompt": (TOKENS_SENT, 0, True, True), "nothing": (0, 0, False, False),
    }  # fmt: skip
    if shape.booked != "estimated":
        return counts == exact[shape.booked]
    least = len(REASONING) // CHARACTERS_A_TOKEN if "reasoning" in shape.name else 1
    # 120 and 30: what the vendor counted itself, where one of its counts can be read.
    return row.estimated and row.cost > 0 and row.tokens_in in {TOKENS_SENT, 120} and 30 >= row.tokens_out >= least


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("fault", ["rate", "rate_retry_after", "rate_absurd", "quota", "overload_529", "bad_key"])
@pytest.mark.parametrize("vendor", MODELS)
def test_an_error_with_http_200_is_the_error_that_it_is_as_a_status(
    vendor_server: VendorServer, caller: Caller, vendor: str, fault: str, streamed: bool
) -> None:
    """The same kind, the same pause, the same tries, the same breaker and the same cost."""
    plain = faults.REPLIES[fault](vendor, "small-1")
    told = Reply(200, f"data: {json.dumps(plain.body)}\n\n" if streamed else plain.body, plain.headers)
    seen = []
    for start, reply in (("plain", plain), ("told", told)):
        name = deployment_of(vendor_server, vendor, streamed=streamed, start=start)
        vendor_server.scripted = reply
        with pytest.raises(BackendError) as caught:
            calls.rewrite(deployment=name, request=ASK, caller=caller)
        error, rows = caught.value, Invocation.objects.filter(deployment__name=name)
        health = breaker.health_of([name])[name]
        booked = [(row.error, row.cost, row.estimated) for row in rows]
        seen.append((error.kind, error.wait_s, error.cool_s, error.retry, health.state, health.why, booked))
    assert seen[0] == seen[1]
