from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from serving.backends.base import AuthError, RewriteRequest, Usage
from serving.errors import KeyMissing, PriceUnknown, UnknownDeployment
from serving.gateway import calls, ledger, outcomes, snapshot
from serving.gateway.ledger import Caller
from serving.models import Deployment, Invocation, InvocationOutcome, ProviderModel
from serving.selectors import live_deployments
from youman.core.database.ids import new_id
from youman.core.errors import InvalidInput, NotFound

pytestmark = pytest.mark.django_db
ASK = RewriteRequest("We leverage tools.", system="Edit.", prompt="1: We leverage tools.")


def test_an_answer_comes_with_its_row_in_the_ledger(fake: Deployment, caller: Caller) -> None:
    Deployment.objects.filter(pk=fake.pk).update(options={"answer": "1: We use tools."})
    answered = calls.rewrite(deployment="fake", request=ASK, caller=caller)
    row = Invocation.objects.get()
    assert answered.result.text == "1: We use tools."
    assert answered.invocation_id == row.pk
    assert (row.tokens_in, row.tokens_out, row.account, row.chunk, row.error) == (7, 4, 7, 2, "")
    assert row.cost == answered.cost == Decimal("0.0000027")
    assert row.baseline_cost == answered.baseline_cost == Decimal("0.0000575")
    assert row.unit_prices == {"input": "0.1", "cached": "0.01", "cache_write": "0.125", "output": "0.5"}


def test_a_failure_is_booked_and_raised(fake: Deployment, caller: Caller) -> None:
    Deployment.objects.filter(pk=fake.pk).update(options={"fault": "auth"})
    with pytest.raises(AuthError, match="fake was configured to fail like this"):
        calls.rewrite(deployment="fake", request=ASK, caller=caller)
    row = Invocation.objects.get()
    assert (row.error, row.cost, row.baseline_cost) == ("auth", Decimal(0), Decimal(0))


def test_an_unknown_deployment_is_not_called(caller: Caller, fake: Deployment) -> None:
    with pytest.raises(UnknownDeployment, match="'nobody'"):
        calls.rewrite(deployment="nobody", request=ASK, caller=caller)
    assert Invocation.objects.count() == 0


def test_an_unknown_price_is_refused_with_the_fix(fake: Deployment, luna: ProviderModel, caller: Caller) -> None:
    ProviderModel.objects.filter(pk=luna.pk).update(model_id="gpt-unheard-of")
    with pytest.raises(PriceUnknown, match="add a price override"):
        calls.rewrite(deployment="fake", request=ASK, caller=caller)
    assert Invocation.objects.count() == 0
    assert [(one.available, one.why_not[:22]) for one in live_deployments() if one.name == "fake"] == [
        (False, "There is no price for ")
    ]


def test_a_vendor_without_a_key_is_not_called(fake: Deployment, caller: Caller) -> None:
    Deployment.objects.filter(pk=fake.pk).update(backend="openai")
    with pytest.raises(KeyMissing, match="set OPENAI_API_KEY"):
        calls.rewrite(deployment="fake", request=ASK, caller=caller)
    assert [one.why_not[:26] for one in live_deployments() if one.name == "fake"] == ["There is no key for openai"]


def test_the_ledger_refuses_changes(fake: Deployment, caller: Caller) -> None:
    calls.rewrite(deployment="fake", request=ASK, caller=caller)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Invocation.objects.update(cost=0)
    assert Invocation.objects.get().cost > 0


def test_outcomes_are_appended(fake: Deployment, caller: Caller) -> None:
    answered = calls.rewrite(deployment="fake", request=ASK, caller=caller)
    outcomes.record_outcome(invocation_id=answered.invocation_id, accepted=3, rejected=1)
    outcomes.record_outcome(invocation_id=answered.invocation_id, accepted=4, rejected=0, rating=5)
    assert [(one.accepted, one.rejected) for one in InvocationOutcome.objects.all()] == [(4, 0), (3, 1)]
    with pytest.raises(NotFound):
        outcomes.record_outcome(invocation_id=new_id(), accepted=1, rejected=0)
    with pytest.raises(InvalidInput):
        outcomes.record_outcome(invocation_id=answered.invocation_id, accepted=1, rejected=0, rating=6)
    assert InvocationOutcome.objects.count() == 2


def test_a_hit_of_the_callers_cache_costs_nothing_and_is_marked(fake: Deployment, caller: Caller) -> None:
    first = calls.rewrite(deployment="fake", request=ASK, caller=caller)
    hit = outcomes.record_cache_hit(deployment="fake", request=ASK, caller=caller, original=first.invocation_id)
    row = Invocation.objects.get(pk=hit)
    assert (row.cached_hit, row.cost, row.baseline_cost) == (True, Decimal(0), first.baseline_cost)


def test_counts_of_a_vendor_that_contradict_each_other_are_booked_all_the_same(
    fake: Deployment, caller: Caller
) -> None:
    nonsense = Usage(5, 90, 3, 40, tokens_cache_write=10**15, raw='{"x": "a\\u0000b"}')
    entry = ledger.Entry(
        snapshot.current().live_row("fake"), caller, ASK, timezone.now(), usage=nonsense, model="m\0" + "x" * 300
    )
    ledger.write_entry(ledger.invocation_of(entry))
    row = Invocation.objects.get()
    assert (row.tokens_in, row.tokens_cached, row.tokens_cache_write) == (1_000_000_090, 90, 1_000_000_000)
    assert (row.tokens_out, row.tokens_thinking, row.usage, len(row.model)) == (40, 40, {"x": "ab"}, 100)


@pytest.mark.parametrize(
    ("usage", "answer", "booked"),
    [
        (Usage(), "1: We use tools.", (7, 4, True)),
        (Usage(7), "1: We use tools.", (7, 4, True)),
        (Usage(tokens_out=9), "1: We use tools.", (7, 9, True)),
        (Usage(7, tokens_out=9), "1: We use tools.", (7, 9, False)),
        (Usage(7), "", (7, 0, False)),
    ],
)
def test_whichever_backend_counts_nothing_for_a_paid_answer_its_row_is_an_estimate(
    fake: Deployment, caller: Caller, usage: Usage, answer: str, booked: tuple[int, int, bool]
) -> None:
    entry = ledger.Entry(snapshot.current().live_row("fake"), caller, ASK, timezone.now(), usage=usage, answer=answer)
    row = ledger.invocation_of(entry)
    assert (row.tokens_in, row.tokens_out, row.estimated) == booked
    assert row.cost > 0
    assert row.baseline_cost > 0
