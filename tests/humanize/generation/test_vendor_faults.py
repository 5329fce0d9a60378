"""Every fault of every vendor, end to end: what the writer gets, what is asked, what the ledger and the trace say.

The table in docs/faults.md is what this run gives; `YOUMAN_WRITE_DOCS=1` writes it anew.
"""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from humanize.generation.availability import live_engines
from humanize.models import Edit, RoutePolicy, Transformation
from serving.gateway import snapshot
from serving.models import Deployment, Invocation
from tests.humanize.deployments import MODELS, Engines, deployment, swapped
from tests.services.ports import free_port
from tests.vendors import faults
from tests.writers import DRAFT, writer

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = Path(__file__).resolve().parents[3] / "docs" / "faults.md"
HEAD = """# Every fault of a vendor, end to end

The test `tests/humanize/generation/test_vendor_faults.py` writes this table from real HTTP calls to a server on
127.0.0.1 that speaks the three wire protocols. A writer requests a rewrite; the first candidate fails with the fault at
every call, and the second one works. The result was verified in every row. "Asked" counts HTTP calls to the first and
the second candidate, "ledger" lists a row for each, and "then" tells what the router does with the first candidate for
the next text.

| fault | vendor | first, second asked | ledger | in the trace | then |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Line:
    fault: str
    vendor: str
    first: int
    second: int
    ledger: str
    reason: str
    then: str

    def __str__(self) -> str:
        asked = f"{self.first}, {self.second}"
        return f"| {self.fault} | {self.vendor} | {asked} | {self.ledger} | {self.reason} | {self.then} |"


def one(engines: Engines, first: str, fault: str) -> Line:
    """One text with a first candidate that fails, and everything about it checked."""
    second, vendor = "large" if first != "large" else "small", MODELS[first][0]
    lost = fault == faults.REFUSED_CONNECTION
    url = f"http://127.0.0.1:{free_port()}/v1" if lost else engines.server.url(vendor)
    Deployment.objects.update(tier_floor="ENTERPRISE")  # those of the vendors before
    deployment(first, url, name="first-" + vendor, options={"stream": True} if fault == "dropped_stream" else {})
    engines.add(second, name="second-after-" + vendor)
    server = engines.server
    server.seen.clear()
    server.next_fault = lambda: fault if server.seen[-1].vendor == vendor else "ok"  # type: ignore[method-assign]
    RoutePolicy.objects.update_or_create(tier="BASIC", defaults={"aim": "quality" if first == "large" else "cost"})
    bea = writer(f"bea-{vendor}", "BASIC")
    body = bea.post("transformations", {"text": DRAFT}).body
    return _checked(engines, body, vendor, MODELS[second][0], fault)


def _checked(engines: Engines, body: dict[str, object], vendor: str, other: str, fault: str) -> Line:
    first, second = f"first-{vendor}", f"second-after-{vendor}"
    assert body["result"] == swapped(DRAFT), body["route"]
    row = Transformation.objects.get(pk=str(body["id"]))
    calls = list(Invocation.objects.filter(transformation=row.pk).order_by("created_at", "id"))
    assert (row.state, calls[-1].error, calls[-1].deployment.name) == ("completed", "", second)
    assert {edit.invocation for edit in Edit.objects.filter(transformation=row)} == {calls[-1].pk}
    assert row.cost == sum(call.cost for call in calls)
    assert [call.attempt for call in calls] == sorted(call.attempt for call in calls)
    steps = [step for step in row.route if step["outcome"] in {"failed", "answered"}]
    assert [(step["candidate"], step["outcome"]) for step in steps] == [(first, "failed"), (second, "answered")]
    assert str(body["route_sentence"]).startswith(f"{second} rewrote this for ")
    snapshot.clear_cache()
    now = next(one for one in live_engines() if one.name == first)
    vendors = [seen.vendor for seen in engines.server.seen]
    return Line(
        fault, vendor, vendors.count(vendor), vendors.count(other),
        ", ".join(call.error or "answered" for call in calls), str(steps[0]["reason"]),
        "asked again" if now.available else "left alone for a while",
    )  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """The SDKs take seconds to load, which would count against the deadlines below."""
    for module in ("openai", "anthropic", "google.genai"):
        importlib.import_module(module)


@pytest.mark.parametrize("fault", faults.ALL)
def test_a_fault_ends_in_a_verified_answer_by_the_next_candidate(engines: Engines, fault: str) -> None:
    """Short deadlines only where a vendor is silent: they are waited out."""
    deadline = 10.0 if fault.startswith("timeout") else 30.0
    values = {"aim": "cost", "floor": 0.0, "deadline_s": deadline, "uses_own_models": False}
    RoutePolicy.objects.update_or_create(tier="BASIC", defaults=values)
    lines = [one(engines, first, fault) for first in ("small", "large", "third")]
    assert {(line.first <= 2, line.second) for line in lines} == {(True, 1)}
    if os.environ.get("YOUMAN_WRITE_DOCS"):
        _write(lines)
    table = TABLE.read_text(encoding="utf-8").splitlines()
    assert [line for line in map(str, lines) if line not in table] == []


def _write(lines: list[Line]) -> None:
    old = TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else []
    fault = f"| {lines[0].fault} |"
    rows = [row for row in old if row.startswith("| ") and not row.startswith((fault, "| fault"))]
    TABLE.write_text(HEAD + "\n".join(sorted([*rows, *map(str, lines)])) + "\n", encoding="utf-8")
