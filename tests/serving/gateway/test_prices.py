"""The ledger's cost is the price list's, to the last digit, on the shapes that are known to be billed wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import genai_prices
import pytest
from genai_prices import extract_usage
from hypothesis import HealthCheck, given, settings, strategies
from pytest_django.fixtures import Settings

from serving.backends.base import RewriteRequest, RewriteResult, Usage
from serving.backends.target import Capabilities
from serving.errors import PriceUnknown
from serving.gateway import calls, ledger, prices, snapshot
from serving.gateway.ledger import Caller
from serving.gateway.snapshot import CalledModel
from serving.models import Deployment, Invocation, PriceOverride, ProviderModel
from tests.vendors import VendorServer, shapes
from tests.vendors.shapes import Tokens

pytestmark = pytest.mark.django_db
ASK = RewriteRequest("We leverage tools.", prompt="1: We leverage tools.", max_output_tokens=100, deadline_s=60.0)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MODELS = {"openai": "gpt-6-luna", "anthropic": "claude-haiku-5-5", "google": "gemini-3.5-flash-lite"}
ROOTS = {"openai": "usage", "anthropic": "usage", "google": "usageMetadata"}
FLAVORS = {"openai": "chat", "anthropic": "default", "google": "default"}


@strategies.composite
def tokens(draw: strategies.DrawFn, vendor: str) -> Tokens:
    """Cache reads, cache writes, tool input and thinking in every mixture, also above a price's cliff."""
    cached, plain = draw(strategies.integers(0, 150_000)), draw(strategies.integers(1, 200_000))
    written = draw(strategies.integers(0, 50_000)) if vendor != "google" else 0
    tool = draw(strategies.integers(0, plain)) if vendor == "google" else 0
    back, thinking = draw(strategies.integers(1, 9_000)), draw(strategies.integers(0, 9_000))
    return Tokens(cached + plain + written, cached, written, back, thinking, tool)


def listed(vendor: str, model_id: str, counted: Tokens) -> Decimal:
    """What genai-prices makes of the vendor's own usage object."""
    answer = {"model": model_id, "modelVersion": model_id, ROOTS[vendor]: shapes.usage(vendor, counted)}
    found = extract_usage(answer, provider_id=vendor, api_flavor=FLAVORS[vendor])
    return found.calc_price().total_price


@pytest.fixture
def deployed(vendor_server: VendorServer, settings: Settings) -> None:
    settings.PROVIDER_KEYS = dict.fromkeys(MODELS, "sk-test-0123456789")
    for vendor, model_id in MODELS.items():
        model = ProviderModel.objects.get_or_create(
            provider=vendor, model_id=model_id, defaults={"name": model_id, "context_window": 9999, "max_output": 999}
        )[0]
        for way in ("whole", "streamed"):
            Deployment.objects.create(
                name=f"{way}-{vendor}", kind="llm", backend=vendor, provider_model=model, state="active",
                endpoint=vendor_server.url(vendor), options={"stream": way == "streamed"},
            )  # fmt: skip


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("way", ["whole", "streamed"])
@pytest.mark.parametrize("vendor", MODELS)
def test_every_row_costs_what_the_price_list_says(
    vendor_server: VendorServer, caller: Caller, vendor: str, way: str
) -> None:
    @settings(max_examples=30, suppress_health_check=list(HealthCheck))
    @given(counted=tokens(vendor))
    def check(counted: Tokens) -> None:
        vendor_server.tokens = counted
        answered = calls.rewrite(deployment=f"{way}-{vendor}", request=ASK, caller=caller)
        row = Invocation.objects.get(pk=answered.invocation_id)
        assert row.cost == answered.cost == listed(vendor, MODELS[vendor], counted)
        assert row.baseline_cost == baseline(counted)
        assert (row.tokens_in, row.tokens_out) == (counted.sent, counted.back + counted.thinking)
        assert row.usage is not None

    check()


def baseline(counted: Tokens) -> Decimal:
    usage = genai_prices.Usage(input_tokens=counted.sent, cache_read_tokens=counted.cached, output_tokens=counted.back)
    return genai_prices.calc_price(usage, "gpt-4o", provider_id="openai").total_price


MIS_BILLED = {
    "streamed cache reads": Tokens(sent=5_000, cached=4_000, back=100),
    "cache counted twice": Tokens(sent=5_000, cached=2_000, written=2_500, back=100),
    "the terminal chunk": Tokens(sent=900, back=321),
    "cache writes": Tokens(sent=3_000, written=2_900, back=10),
    "thinking": Tokens(sent=100, back=10, thinking=4_000),
}


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("shape", MIS_BILLED)
def test_the_five_shapes_that_others_bill_wrong(vendor_server: VendorServer, caller: Caller, shape: str) -> None:
    vendor_server.tokens = MIS_BILLED[shape]
    answered = calls.rewrite(deployment="streamed-anthropic", request=ASK, caller=caller)
    by_hand = {
        "streamed cache reads": Decimal("0.00019"),
        "cache counted twice": Decimal("0.0004325"),
        "the terminal chunk": Decimal("0.0002505"),
        "cache writes": Decimal("0.0003775"),
        "thinking": Decimal("0.002015"),
    }
    assert answered.cost == by_hand[shape] == listed("anthropic", "claude-haiku-5-5", MIS_BILLED[shape])


def model(provider: str, model_id: str) -> CalledModel:
    return CalledModel(provider, model_id, "small", Capabilities())


@pytest.mark.parametrize("provider", ["openai", "anthropic", "google"])
def test_our_quick_sum_is_the_librarys_for_every_model_on_its_list(provider: str) -> None:
    from genai_prices import data_snapshot

    found = next(one for one in data_snapshot.get_snapshot().providers if one.id == provider)
    for tier in ("standard", "flex"):
        for known in found.models:
            for usage in (Usage(1000, 300, 70, 20, tokens_cache_write=40), Usage(300_000, 1, 5)):
                try:
                    ours = prices.price_of(model(provider, known.id), usage, at=NOW, service_tier=tier).cost
                except PriceUnknown:
                    continue
                theirs = genai_prices.calc_price(
                    genai_prices.Usage(
                        input_tokens=usage.tokens_in,
                        cache_read_tokens=usage.tokens_cached,
                        cache_write_tokens=usage.tokens_cache_write,
                        output_tokens=usage.tokens_out,
                        output_reasoning_tokens=usage.tokens_thinking,
                    ),
                    known.id,
                    provider_id=provider,
                    genai_request_timestamp=NOW,
                    price_context={"service_tier": tier},
                ).total_price
                assert ours == theirs, (known.id, tier)


def test_prices_are_those_of_the_requests_day() -> None:
    before, after = datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 1, 1, tzinfo=UTC)
    argon = model("google", "gemini-4-argon")
    usage = Usage(1_000_000, 0, 0)
    found = [prices.price_of(argon, usage, at=at) for at in (before, after)]
    assert [one.cost for one in found] == [
        genai_prices.calc_price(
            genai_prices.Usage(input_tokens=1_000_000), "gemini-4-argon", provider_id="google",
            genai_request_timestamp=at,
        ).total_price
        for at in (before, after)
    ]  # fmt: skip
    assert found[0].cost != found[1].cost
    assert [one.price_list[-10:] for one in found] == ["2026-11-30", "2026-12-01"]


def test_an_override_goes_first_from_its_day_on(luna: ProviderModel) -> None:
    for day, price in (("2026-11-01", 2), ("2026-12-01", 3)):
        PriceOverride.objects.create(model=luna, from_day=day, input_mtok=price, output_mtok=10, cached_mtok=1)
    called = snapshot.called_model(luna, {luna.pk: luna}, date(2026, 11, 24))
    usage = Usage(1_000_000, 500_000, 100_000)
    for at, cost in (
        (datetime(2026, 10, 31, tzinfo=UTC), prices.price_of(model("openai", "gpt-6-luna"), usage,
                                                             at=datetime(2026, 10, 31, tzinfo=UTC)).cost),
        (NOW, Decimal("2.5")),
        (datetime(2026, 12, 2, tzinfo=UTC), Decimal(3)),
    ):  # fmt: skip
        assert prices.price_of(called, usage, at=at).cost == cost


def test_flex_costs_less_where_the_vendor_has_it() -> None:
    luna = model("openai", "gpt-6-luna")
    usage = Usage(1_000_000, 0, 1_000_000)
    assert (
        prices.price_of(luna, Usage(100_000, 0, 10_000), at=NOW, service_tier="flex").cost * 2
        == prices.price_of(luna, Usage(100_000, 0, 10_000), at=NOW).cost
    )
    assert json.loads(json.dumps(prices.price_of(luna, usage, at=NOW).unit_prices)) == {
        "input": "0.2", "cached": "0.02", "cache_write": "0.25", "output": "0.75",
    }  # fmt: skip


@pytest.mark.usefixtures("deployed")
def test_a_call_that_may_wait_is_booked_at_the_tier_that_the_vendor_says_it_used(
    vendor_server: VendorServer, caller: Caller
) -> None:
    ProviderModel.objects.filter(model_id="gpt-6-luna").update(has_flex=True)
    snapshot.clear_cache()
    patient = replace(ASK, service_tier="flex")
    waited = calls.rewrite(deployment="whole-openai", request=patient, caller=caller)
    assert vendor_server.seen[-1].body["service_tier"] == "flex"
    at_once = calls.rewrite(deployment="whole-openai", request=ASK, caller=caller)
    assert waited.cost * 2 == at_once.cost
    assert Invocation.objects.get(pk=waited.invocation_id).service_tier == "flex"
    ProviderModel.objects.filter(model_id="gpt-6-luna").update(has_flex=False)
    snapshot.clear_cache()
    assert calls.rewrite(deployment="whole-openai", request=patient, caller=caller).cost == at_once.cost
    assert "service_tier" not in vendor_server.seen[-1].body


@pytest.mark.parametrize(
    ("said", "billed"), [("", "flex"), ("flex", "flex"), ("default", "standard"), ("x", "standard")]
)
def test_the_vendors_word_on_the_tier_goes_first(said: str, billed: str) -> None:
    able = CalledModel("openai", "gpt-6-luna", "small", Capabilities(has_flex=True))
    row = snapshot.LiveRow(1, "one", "llm", "rewrite", "openai", "BASIC", able)
    patient = replace(ASK, service_tier="flex")
    assert ledger.billed_tier(row, patient, RewriteResult("m", text="t", service_tier=said)) == billed
