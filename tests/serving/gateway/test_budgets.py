from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from serving.backends.base import BackendError, RewriteRequest
from serving.errors import BudgetExceeded
from serving.gateway import budgets, calls, recovery, snapshot
from serving.gateway.ledger import Caller
from serving.models import Budget, BudgetPeriod, Deployment, Invocation, Reservation
from youman.core.database.ids import new_id

ASK = RewriteRequest("We leverage tools.", prompt="1: We leverage tools.", max_output_tokens=100)
# 21 bytes and 256 of framing, written to the cache at $0.125, and 100 tokens back at $0.50 a million
BOUND = Decimal("0.000084625")
COST = Decimal("0.0000031")


def limit(scope: str, subject: str, *, money: Decimal | None = None, tokens: int | None = None) -> Budget:
    made = Budget.objects.create(scope=scope, subject=subject, span="day", money=money, tokens=tokens)
    snapshot.clear_cache()
    return made


@pytest.fixture
def answers(fake: Deployment) -> Deployment:
    Deployment.objects.filter(pk=fake.pk).update(options={"answer": "1: We use tools now."})
    return fake


@pytest.mark.django_db
def test_a_call_reserves_its_bound_and_settles_its_cost(answers: Deployment, caller: Caller) -> None:
    row = snapshot.current().live_row("fake")
    assert budgets.maximum_cost_of(row, ASK, at=timezone.now()) == budgets.MaximumCost(BOUND, 377)
    limit("account", "7", money=BOUND)
    calls.rewrite(deployment="fake", request=ASK, caller=caller)
    period = BudgetPeriod.objects.get()
    assert (period.money_spent, period.money_reserved, period.tokens_spent, period.tokens_reserved) == (
        COST,
        Decimal(0),
        11,
        0,
    )
    assert Invocation.objects.get().cost == COST
    assert Reservation.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scope", "subject", "whose"),
    [("account", "7", "your account"), ("tier", "BASIC", "the basic tier"), ("deployment", "fake", "fake")],
)
def test_what_does_not_fit_is_not_sent_and_says_whose_budget(
    answers: Deployment, caller: Caller, scope: str, subject: str, whose: str
) -> None:
    limit(scope, subject, money=BOUND - Decimal("0.000000001"))
    with pytest.raises(BudgetExceeded, match=f"today's budget for {whose}: \\$0.00 of"):
        calls.rewrite(deployment="fake", request=ASK, caller=caller)
    assert Invocation.objects.count() == 0
    assert Reservation.objects.count() == 0


@pytest.mark.django_db
def test_another_accounts_budget_and_the_house_do_not_count(answers: Deployment, caller: Caller) -> None:
    limit("account", "8", tokens=1)
    calls.rewrite(deployment="fake", request=ASK, caller=caller)
    limit("tier", "BASIC", tokens=1)
    with pytest.raises(BudgetExceeded, match="today's tokens"):
        calls.rewrite(deployment="fake", request=ASK, caller=caller)
    row = snapshot.current().live_row("fake")
    assert budgets.applicable_budgets(snapshot.current().budgets, replace(row, model=None), caller) == ()


@pytest.mark.django_db
def test_of_two_budgets_the_second_refusal_gives_the_first_back(answers: Deployment, caller: Caller) -> None:
    limit("account", "7", money=Decimal(1))
    limit("deployment", "fake", tokens=5)
    with pytest.raises(BudgetExceeded):
        calls.rewrite(deployment="fake", request=ASK, caller=caller)
    assert Reservation.objects.count() == 0
    left = BudgetPeriod.objects.values_list("budget__scope", "money_reserved", "tokens_reserved")
    assert list(left) == [("deployment", Decimal(0), 0)]  # it says since when the budget is exhausted


@pytest.mark.django_db
def test_a_failure_that_cost_nothing_gives_everything_back(answers: Deployment, caller: Caller) -> None:
    limit("account", "7", money=Decimal(1))
    Deployment.objects.filter(pk=answers.pk).update(options={"fault": "auth"})
    with pytest.raises(BackendError):
        calls.rewrite(deployment="fake", request=ASK, caller=caller)
    period = BudgetPeriod.objects.get()
    assert (period.money_spent, period.money_reserved, period.tokens_reserved) == (Decimal(0), Decimal(0), 0)


@pytest.mark.django_db
def test_what_a_dead_process_held_is_swept_and_a_late_settlement_is_still_booked(answers: Deployment) -> None:
    limit("account", "7", money=Decimal(1))
    row, now = snapshot.current().live_row("fake"), timezone.now()
    applying = budgets.applicable_budgets(snapshot.current().budgets, row, Caller(7, "BASIC"))
    hold = budgets.reserve(applying, invocation=new_id(), maximum=budgets.MaximumCost(Decimal("0.5"), 10), until=now)
    assert recovery.settle_expired(now=now - timedelta(seconds=1)) == 0
    assert recovery.settle_expired(now=now + timedelta(seconds=1)) == 1
    assert BudgetPeriod.objects.get().money_reserved == 0
    budgets.settle(hold, money=Decimal("0.2"), tokens=4)
    period = BudgetPeriod.objects.get()
    assert (period.money_spent, period.money_reserved, period.tokens_spent) == (Decimal("0.2"), Decimal(0), 4)


@pytest.fixture
def pooled() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(64) as pool:
        yield pool


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory locks the whole table")
@pytest.mark.django_db(transaction=True)
def test_64_at_once_against_a_nearly_spent_budget_overspend_by_nothing(
    answers: Deployment, caller: Caller, pooled: ThreadPoolExecutor
) -> None:
    Deployment.objects.filter(pk=answers.pk).update(options={"answer": "1: We use tools now.", "latency_s": 0.05})
    money = BOUND * 3 + Decimal("0.00001")
    limit("account", "7", money=money)
    limit("tier", "BASIC", money=Decimal(1))

    def one(_: int) -> bool:
        try:
            calls.rewrite(deployment="fake", request=ASK, caller=caller)
        except BudgetExceeded:
            return False
        else:
            return True
        finally:
            connection.close()

    passed = sum(pooled.map(one, range(64)))
    period = BudgetPeriod.objects.get(budget__scope="account")
    assert 3 <= passed < 64
    assert period.money_spent == COST * passed
    assert period.money_spent <= money
    assert (period.money_reserved, period.tokens_reserved, Reservation.objects.count()) == (Decimal(0), 0, 0)
    assert Invocation.objects.count() == passed
