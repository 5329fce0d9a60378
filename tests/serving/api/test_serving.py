from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from serving.backends.base import RewriteRequest, Usage
from serving.gateway import ledger, outcomes, snapshot
from serving.gateway.ledger import Caller
from serving.models import Deployment, Invocation, ProviderKey
from tests.writers import Writer, writer
from youman.core.models import AuditEvent

pytestmark = pytest.mark.django_db
KEY = "sk-live-4f9d2c7b1e8a6053-zz9"


@pytest.fixture
def alice(db: None) -> Writer:
    return writer("alice")


@pytest.fixture
def charlie(db: None) -> Writer:
    """The stranger, who sees only what is his."""
    return writer("charlie")


def call(who: Writer, name: str = "fake", *, days_ago: int = 0, error: str = "", strategy: str = "auto") -> Invocation:
    """A call of 10,000 tokens in and 1,000 out: $0.0015 by Luna, $0.035 by GPT-4o."""
    entry = ledger.Entry(
        row=snapshot.current().live_row(name),
        caller=Caller(who.account.pk, "BASIC", strategy=strategy),
        request=RewriteRequest("one two three"),
        at=timezone.now() - timedelta(days=days_ago),
        usage=Usage() if error else Usage(10_000, 0, 1_000),
        model="gpt-6-luna",
        error=error,
    )
    booked = ledger.write_entry(ledger.invocation_of(entry))
    return Invocation.objects.get(pk=booked)


def test_a_writer_sees_what_their_texts_cost_and_what_it_saved(
    fake: Deployment, alice: Writer, charlie: Writer
) -> None:
    for days_ago in (0, 0, 2):
        call(alice, days_ago=days_ago)
    call(alice, error="server")
    call(charlie)
    found = alice.get("usage/costs").body
    today, before = datetime.now(UTC).date(), datetime.now(UTC).date() - timedelta(days=2)
    assert [(row["key"], row["calls"], row["cost"]) for row in found["rows"]] == [
        (str(before), 1, "0.0015"),
        (str(today), 3, "0.003"),
    ]
    total = found["total"]
    assert (total["calls"], total["failed"], total["words"]) == (4, 1, 9)
    assert (total["cost"], total["baseline"], total["saving"]) == ("0.0045", "0.105", "0.1005")
    assert round(total["saved_share"], 4) == 0.9571


def test_what_verification_threw_away_saves_nothing(fake: Deployment, alice: Writer) -> None:
    kept, thrown = call(alice), call(alice)
    outcomes.record_outcome(invocation_id=kept.pk, accepted=1, rejected=0)
    outcomes.record_outcome(invocation_id=thrown.pk, accepted=0, rejected=0, verified=False)
    total = alice.get("usage/costs").body["total"]
    assert (total["cost"], total["baseline"]) == ("0.003", "0.035")


@pytest.mark.parametrize(
    ("by", "keys"),
    [("model", ["gpt-6-luna"]), ("deployment", ["fake"]), ("tier", ["BASIC"]), ("strategy", ["casual", "auto"])],
)
def test_costs_are_grouped(fake: Deployment, alice: Writer, by: str, keys: list[str]) -> None:
    call(alice)
    for _ in range(2):
        call(alice, strategy="casual")
    assert [row["key"] for row in alice.get(f"usage/costs?by={by}").body["rows"]] == keys


def test_as_csv_to_the_last_digit(fake: Deployment, alice: Writer) -> None:
    call(alice)
    reply = alice.api.get("/api/v1/usage/costs.csv?by=model")
    assert reply["Content-Type"] == "text/csv; charset=utf-8"
    assert reply.content.decode().splitlines()[1:] == [
        "gpt-6-luna,1,0,0,0,0,3,10000,1000,0.0015,0.035,0.0335",
        "total,1,0,0,0,0,3,10000,1000,0.0015,0.035,0.0335",
    ]


def test_only_staff_see_others(fake: Deployment, alice: Writer, charlie: Writer, staff: Writer) -> None:
    call(alice)
    call(charlie)
    assert charlie.get(f"usage/costs?account={alice.account.pk}").status == 403
    assert charlie.get("usage/costs?account=all").status == 403
    assert staff.get(f"usage/costs?account={alice.account.pk}").body["total"]["calls"] == 1
    by_account = staff.get("usage/costs?account=all&by=account").body
    assert {row["key"] for row in by_account["rows"]} == {str(alice.account.pk), str(charlie.account.pk)}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("by=moon", "by: must be one of day, model"),
        ("since=yesterday", "since: must be a day such as 2026-11-24"),
        ("until=0001-01-01", "until must be a day from 2000-01-01 to 2999-12-31"),
        ("until=9999-12-31", "until must be a day from 2000-01-01 to 2999-12-31"),
        ("since=1999-12-31", "since must be a day from 2000-01-01 to 2999-12-31"),
        ("since=2026-02-01&until=2026-01-01", "since must not be later"),
        ("since=2020-01-01", "more than 400 days"),
    ],
)
def test_a_bad_question_is_told_what_is_wrong(alice: Writer, query: str, message: str) -> None:
    reply = alice.get(f"usage/costs?{query}")
    assert reply.status == 400
    assert message in reply.body["detail"]


def test_an_empty_stretch_costs_nothing(alice: Writer) -> None:
    found = alice.get("usage/costs?since=2020-01-01&until=2020-01-31").body
    assert (found["rows"], found["total"]["cost"], found["total"]["saved_share"]) == ([], "0", None)


STAFF_ONLY = ["deployments", "provider-keys", "invocations"]


@pytest.mark.parametrize("path", STAFF_ONLY)
def test_a_writer_is_not_let_in(charlie: Writer, path: str) -> None:
    assert charlie.get(path).status == 403


def test_a_key_goes_in_and_is_never_seen_again(staff: Writer, charlie: Writer) -> None:
    assert charlie.post("provider-keys", {"owner": "openai", "secret": KEY}).status == 403
    assert ProviderKey.objects.count() == 0
    made = staff.post("provider-keys", {"owner": "openai", "secret": KEY})
    assert (made.status, made.body["hint"], sorted(made.body)) == (
        201, "-zz9", ["created_at", "hint", "hosts", "owner", "rotated_at"],
    )  # fmt: skip
    assert KEY not in str(staff.get("provider-keys").body)
    assert staff.post("provider-keys", {"owner": "openai", "secret": "no"}).status == 400
    assert staff.send("DELETE", "provider-keys/openai").status == 204
    assert staff.send("DELETE", "provider-keys/openai").status == 404
    assert ProviderKey.objects.count() == 0


def test_staff_move_a_deployment_by_its_states(fake: Deployment, staff: Writer, charlie: Writer) -> None:
    assert charlie.post("deployments/fake/drain").status == 403
    assert staff.post("deployments/fake/drain").body["state"] == "draining"
    assert staff.post("deployments/fake/drain").status == 409
    assert staff.post("deployments/fake/resume").body["state"] == "active"
    staff.post("deployments/fake/drain")
    assert staff.post("deployments/fake/retire").body["state"] == "retired"
    assert staff.post("deployments/fake/deploy").status == 409
    assert staff.post("deployments/fake/explode").status == 404
    assert [one.verb for one in AuditEvent.objects.order_by("at")][-4:] == ["draining", "active", "draining", "retired"]


def test_what_cannot_go_live_fails_and_says_why(luna: object, staff: Writer) -> None:
    Deployment.objects.create(
        name="local", kind="llm", backend="openai_compatible", provider_model_id=Deployment.objects.get(
            name="openai-small").provider_model_id,
    )  # fmt: skip
    found = staff.post("deployments/local/deploy").body
    assert (found["state"], found["state_note"][:57]) == (
        "failed",
        "A deployment of the backend OpenAI-compatible needs an en",
    )
    Deployment.objects.filter(name="local").update(endpoint="http://127.0.0.1:1/v1")
    assert "PRIVATE_ENDPOINTS" in staff.post("deployments/local/deploy").body["state_note"]


def test_the_ledger_is_read_page_by_page(fake: Deployment, alice: Writer, staff: Writer) -> None:
    call(alice)
    call(alice, error="server")
    page = staff.get("invocations?page_size=1").body
    assert [(one["error"], one["cost"], one["deployment"]) for one in page["results"]] == [("server", "0", "fake")]
    rest = staff.get(f"invocations?page_size=1&cursor={page['next']}").body
    assert [one["cost"] for one in rest["results"]] == ["0.0015"]
    assert len(staff.get("invocations?failed=1").body["results"]) == 1
    assert staff.get("invocations?deployment=nobody").body["results"] == []
    assert staff.get("invocations?transformation=x").status == 400
    assert Decimal(rest["results"][0]["baseline_cost"]) == Decimal("0.035")
