"""The write that ends a call, by many threads at once, on PostgreSQL: nothing is lost, nothing is counted twice."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
from django.db import connection

from serving.backends.base import RewriteRequest
from serving.gateway import calls, snapshot
from serving.gateway.ledger import Caller
from serving.models import Budget, BudgetPeriod, Deployment, Invocation, ProviderModel, Reservation
from serving.states import DeploymentState
from tests.waiting import join

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer"),
]
ASK = RewriteRequest("We leverage tools.", system="Edit.", prompt="1: We leverage tools.")
# Fewer threads than the pool has connections, since the test holds one itself.
THREADS, EACH = 12, 6


@pytest.fixture
def shared() -> Deployment:
    luna = ProviderModel.objects.get_or_create(
        provider="openai", model_id="gpt-6-luna",
        defaults={"name": "GPT-6 Luna", "context_window": 400_000, "max_output": 128_000},
    )[0]  # fmt: skip
    made = Deployment.objects.create(
        name="shared", kind="llm", backend="recorded", provider_model=luna, state=DeploymentState.ACTIVE
    )
    for account in range(4):
        Budget.objects.create(scope="account", subject=str(account), span="month", money=1_000)
    snapshot.clear_cache()
    return made


def test_many_at_once_over_several_budgets_are_all_booked(shared: Deployment) -> None:
    told: list[tuple[object, Decimal]] = []

    def ask(number: int) -> None:
        for _ in range(EACH):
            # Half of them have no budget at all: both statements take part.
            caller = Caller(account_id=number % 8, tier="BASIC")
            answered = calls.rewrite(deployment="shared", request=ASK, caller=caller)
            told.append((answered.invocation_id, answered.cost))
        connection.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    join(*threads)
    assert len(told) == THREADS * EACH
    assert dict(Invocation.objects.values_list("pk", "cost")) == dict(told)
    assert Reservation.objects.count() == 0
    for period in BudgetPeriod.objects.select_related("budget"):
        rows = Invocation.objects.filter(account=period.budget.subject)
        assert (period.money_reserved, period.tokens_reserved) == (Decimal(0), 0)
        assert period.money_spent == sum(row.cost for row in rows)
        assert period.tokens_spent == sum(row.tokens_in + row.tokens_out for row in rows)
    assert BudgetPeriod.objects.count() == 4


def test_a_row_has_every_column_as_it_was(shared: Deployment) -> None:
    answered = calls.rewrite(deployment="shared", request=ASK, caller=Caller(account_id=99, tier="BASIC", chunk=3))
    row = Invocation.objects.get(pk=answered.invocation_id)
    assert (row.cost, row.baseline_cost) == (Decimal("0.0000032"), Decimal("0.0000675"))
    assert (row.chunk, row.transformation, row.usage) == (3, None, {"input": 7, "output": 5})
    assert row.unit_prices == {"input": "0.1", "cached": "0.01", "cache_write": "0.125", "output": "0.5"}
    assert row.statistics == {"characters_in": 18, "characters_out": 18, "language": "en"}
    assert (row.words_in, row.error, row.estimated, row.service_tier) == (3, "", False, "standard")
