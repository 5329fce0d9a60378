"""Each vendor's every fault through the whole call: what it becomes, how often the vendor was asked, what pauses.

Each test compares its cell of the table in docs/serving.md; `WRITE_FAULTS=1` writes the table anew (in one process).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from serving.backends import factory
from serving.backends.base import BackendError, RewriteRequest
from serving.gateway import breaker, calls, snapshot
from serving.gateway.ledger import Caller
from serving.models import Deployment, Invocation, ProviderModel
from tests.services.ports import free_port
from tests.vendors import VendorServer, faults

pytestmark = pytest.mark.django_db
ASK = RewriteRequest("We leverage tools.", prompt="1: We leverage tools.", max_output_tokens=100, deadline_s=60.0)
SILENT = {"timeout_before", "timeout_during"}
MODELS = {"openai": "gpt-6-luna", "anthropic": "claude-haiku-5-5", "google": "gemini-3.5-flash-lite"}


@dataclass(frozen=True)
class Expected:
    kind: str
    asked: int
    state: str
    estimated: bool = False


EXPECTED = {
    "bad_key": Expected("auth", 1, "cooling"),
    "permission": Expected("auth", 1, "cooling"),
    "unknown_model": Expected("retired", 1, "cooling"),
    "retired_model": Expected("retired", 1, "cooling"),
    "rate": Expected("rate", 1, "cooling"),
    "rate_retry_after": Expected("rate", 1, "cooling"),
    "rate_absurd": Expected("rate", 1, "cooling"),
    "quota": Expected("quota", 1, "cooling"),
    "overload_503": Expected("overload", 2, "closed"),
    "overload_529": Expected("overload", 2, "closed"),
    "server_500": Expected("server", 2, "closed"),
    "timeout_before": Expected("timeout", 1, "closed", estimated=True),
    "timeout_during": Expected("timeout", 1, "closed", estimated=True),
    "refused_connection": Expected("network", 2, "closed"),
    "dropped_stream": Expected("network", 2, "closed", estimated=True),
    "context": Expected("context", 1, "closed"),
    "filtered": Expected("filter", 1, "closed"),
    "refused_200": Expected("refused", 1, "closed"),
    "truncated": Expected("truncated", 1, "closed"),
    "broken_json": Expected("bad_output", 2, "closed", estimated=True),
    "empty": Expected("bad_output", 2, "closed"),
    "rate_in_200": Expected("rate", 1, "cooling"),
    "overload_in_200": Expected("overload", 2, "closed"),
    "error_after_output": Expected("server", 2, "closed", estimated=True),
}
PAGE = Path(__file__).resolve().parents[3] / "docs" / "serving.md"
START, END = "<!-- faults -->", "<!-- /faults -->"
_table: dict[tuple[str, str], str] = {}


@pytest.fixture(scope="module", autouse=True)
def table() -> Iterator[None]:
    yield
    if os.environ.get("WRITE_FAULTS"):
        rows = [f"| {fault} | " + " | ".join(_table[fault, vendor] for vendor in MODELS) + " |" for fault in EXPECTED]
        made = "\n".join(["| fault | " + " | ".join(MODELS) + " |", "|---" * (len(MODELS) + 1) + "|", *rows])
        head, start, rest = PAGE.read_text(encoding="utf-8").partition(START)
        PAGE.write_text(f"{head}{start}\n{made}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def documented() -> dict[tuple[str, str], str]:
    """The cells of the page by fault and vendor."""
    lines = PAGE.read_text(encoding="utf-8").partition(START)[2].partition(END)[0].strip().splitlines()
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {(row[0], vendor): cell for row in rows for vendor, cell in zip(head[1:], row[1:], strict=True)}


def test_the_page_has_every_fault_and_vendor_once() -> None:
    assert set(documented()) == {(fault, vendor) for fault in EXPECTED for vendor in MODELS}


@pytest.fixture
def deployed(vendor_server: VendorServer, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.PROVIDER_KEYS = dict.fromkeys(MODELS, "sk-test-0123456789")
    monkeypatch.setattr(calls, "BACKOFF_S", 0.01)
    for vendor, model_id in MODELS.items():
        model = ProviderModel.objects.get_or_create(
            provider=vendor, model_id=model_id, defaults={"name": model_id, "context_window": 9999, "max_output": 999}
        )[0]
        Deployment.objects.create(
            name=f"wire-{vendor}", kind="llm", backend=vendor, provider_model=model, state="active",
            endpoint=vendor_server.url(vendor),
        )  # fmt: skip
    yield
    factory.close_all()


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("vendor", MODELS)
@pytest.mark.parametrize("fault", EXPECTED)
def test_a_fault_ends_after_one_more_try_at_most_and_is_booked(
    vendor_server: VendorServer, caller: Caller, vendor: str, fault: str
) -> None:
    name, expected = f"wire-{vendor}", EXPECTED[fault]
    vendor_server.always = fault
    if fault == faults.REFUSED_CONNECTION:
        Deployment.objects.filter(name=name).update(endpoint=f"http://127.0.0.1:{free_port()}")
    ask = replace(ASK, deadline_s=0.6) if fault in SILENT else ASK
    with pytest.raises(BackendError) as caught:
        calls.rewrite(deployment=name, request=ask, caller=caller)
    rows = list(Invocation.objects.order_by("number"))
    seen = breaker.health_of([name])[name]
    assert caught.value.kind == expected.kind
    assert [(row.error, row.number) for row in rows] == [(expected.kind, n + 1) for n in range(expected.asked)]
    assert rows[-1].pk == caught.value.invocation_id
    assert rows[-1].estimated == expected.estimated
    assert seen.state == expected.state
    billed = sum(row.cost for row in rows) > 0
    assert billed == (expected.estimated or caught.value.usage is not None)
    cell = _table[fault, vendor] = ", ".join(
        [expected.kind, *(["asked twice"] if expected.asked == 2 else []),
         *([f"pauses {pause_s(fault, caught.value)}"] if seen.state == "cooling" else []),
         *(["billed by estimate"] if expected.estimated else ["billed"] if billed else [])]
    )  # fmt: skip
    if not os.environ.get("WRITE_FAULTS"):
        assert documented()[fault, vendor] == cell, "docs/serving.md is behind: run these tests with WRITE_FAULTS=1"


def pause_s(fault: str, error: BackendError) -> str:
    del fault
    told = "" if error.wait_s is None else f" (told {error.wait_s:,.0f} s)"
    return f"{error.cool_s:,.0f} s{told}"


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("fault", ["overload_529", "server_500", "dropped_stream", "broken_json", "rate_short"])
@pytest.mark.parametrize("vendor", MODELS)
def test_what_passes_is_answered_by_the_second_try(
    vendor_server: VendorServer, caller: Caller, vendor: str, fault: str
) -> None:
    vendor_server.faults.append(fault)
    answered = calls.rewrite(deployment=f"wire-{vendor}", request=ASK, caller=caller)
    assert answered.result.text == "1: We leverage tools."
    assert [row.number for row in Invocation.objects.filter(error="")] == [2]
    assert breaker.health_of([f"wire-{vendor}"])[f"wire-{vendor}"] == breaker.Health("closed")


@pytest.mark.usefixtures("deployed")
def test_three_calls_that_fail_open_the_breaker_and_the_fourth_is_not_sent(
    vendor_server: VendorServer, caller: Caller
) -> None:
    vendor_server.always = "server_500"
    for _ in range(2):
        with pytest.raises(BackendError):
            calls.rewrite(deployment="wire-openai", request=ASK, caller=caller)
    sent = len(vendor_server.seen)
    with pytest.raises(Exception, match="pauses until"):
        calls.rewrite(deployment="wire-openai", request=ASK, caller=caller)
    assert (sent, len(vendor_server.seen)) == (3, 3)


@pytest.mark.usefixtures("deployed")
def test_a_retired_model_is_answered_by_its_successor_and_says_so(vendor_server: VendorServer, caller: Caller) -> None:
    luna = ProviderModel.objects.get(model_id="gpt-6-luna")
    old = ProviderModel.objects.create(
        provider="openai", model_id="gpt-old", name="GPT Old", ends_on="2026-06-01", successor=luna,
        context_window=9999, max_output=999,
    )  # fmt: skip
    Deployment.objects.filter(name="wire-openai").update(provider_model=old)
    answered = calls.rewrite(deployment="wire-openai", request=ASK, caller=caller)
    assert answered.note == f"GPT Old ended on 2026-06-01; {luna.name} answers in its place"
    assert vendor_server.seen[-1].model == "gpt-6-luna"
    assert snapshot.current().live_row("wire-openai").model is not None
