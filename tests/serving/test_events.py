"""What serving announces: deployments, drift and exhausted budgets; with the deed, undone with it, and signed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.models import ModelVersion
from serving.backends.base import RewriteRequest
from serving.deployments import lifecycle, rollout
from serving.drift import reports
from serving.errors import BudgetExceeded
from serving.gateway import budgets, calls, snapshot
from serving.gateway.ledger import Caller
from serving.models import Budget, BudgetPeriod, Deployment, DriftAlert
from tests.receiver import Receiver, outbox
from tests.serving.deployments.test_rollout import ask, versions  # noqa: F401  # a fixture
from tests.serving.drift.test_drift import BEFORE, NOW, RECENT, called
from tests.waiting import HANG_S
from youman.core.database.ids import new_id
from youman.core.errors import WrongState

ASK = RewriteRequest("We leverage tools.", prompt="1: We leverage tools.", max_output_tokens=100)
DEPLOYMENT_EVENTS = tuple(
    f"deployment.{name}" for name in ("activated", "failed", "draining", "retired", "promoted", "rolled_back")
)


@pytest.fixture
def draft(fake: Deployment) -> Deployment:
    Deployment.objects.filter(pk=fake.pk).update(state="draft", traffic_share=25)
    fake.refresh_from_db()
    return fake


def live(draft: Deployment) -> None:
    lifecycle.deploy(deployment=draft, actor="t")
    lifecycle.drain(deployment=draft, actor="t", note="for a night")
    lifecycle.resume(deployment=draft, actor="t")
    lifecycle.drain(deployment=draft, actor="t")
    lifecycle.retire(deployment=draft, actor="t")


@pytest.mark.django_db(transaction=True)
def test_a_receiver_gets_the_life_of_a_deployment_signed(draft: Deployment, receiver: Receiver) -> None:
    secret = receiver.subscribe(*DEPLOYMENT_EVENTS)
    live(draft)
    found = {"deployment": "fake", "version": None}
    assert [(one["type"], one["data"]) for one in receiver.take_all(secret)] == [
        ("deployment.activated", found | {"traffic_share": 25}),
        ("deployment.draining", found | {"note": "for a night"}),
        ("deployment.activated", found | {"traffic_share": 25}),
        ("deployment.draining", found | {"note": ""}),
        ("deployment.retired", found),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_fault_is_announced_and_a_refused_step_is_not(draft: Deployment, receiver: Receiver) -> None:
    receiver.subscribe(*DEPLOYMENT_EVENTS)
    Deployment.objects.filter(pk=draft.pk).update(backend="nothing")
    draft.refresh_from_db()
    lifecycle.deploy(deployment=draft, actor="t")
    draft.refresh_from_db()
    expected = [("deployment.failed", {"deployment": "fake", "version": None, "note": draft.state_note})]
    assert outbox() == expected
    assert "There is no backend 'nothing'" in draft.state_note
    with pytest.raises(WrongState):
        lifecycle.drain(deployment=draft, actor="t")
    assert outbox() == expected


@pytest.mark.django_db
def test_the_steps_of_a_deployment_are_undone_with_their_events(draft: Deployment, receiver: Receiver) -> None:
    receiver.subscribe(*DEPLOYMENT_EVENTS)
    with transaction.atomic():
        live(draft)
        assert len(outbox()) == 5
        transaction.set_rollback(True)
    assert outbox() == []


@pytest.mark.django_db(transaction=True)
def test_promoted_and_rolled_back(versions: list[ModelVersion], receiver: Receiver) -> None:  # noqa: F811
    first = rollout.deploy_version(request=ask(1, strategy="blue_green"), actor="t")
    second = rollout.deploy_version(request=ask(2), actor="t")
    secret = receiver.subscribe(*DEPLOYMENT_EVENTS)
    rollout.promote(deployment=second, actor="t")
    second.refresh_from_db()
    rollout.roll_back(deployment=second, actor="t")
    one = {"deployment": first.name, "version": "our-editor/1"}
    two = {"deployment": second.name, "version": "our-editor/2"}
    assert [(one["type"], one["data"]) for one in receiver.take_all(secret)] == [
        ("deployment.promoted", two),
        ("deployment.draining", one | {"note": ""}),
        ("deployment.activated", one | {"traffic_share": 100}),
        ("deployment.draining", two | {"note": ""}),
        ("deployment.rolled_back", two | {"restored": first.name, "restored_version": "our-editor/1"}),
    ]


@pytest.mark.django_db
def test_a_promotion_that_cannot_drain_the_others_announces_nothing(
    versions: list[ModelVersion],  # noqa: F811
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rollout.deploy_version(request=ask(1, strategy="blue_green"), actor="t")
    second = rollout.deploy_version(request=ask(2), actor="t")
    receiver.subscribe(*DEPLOYMENT_EVENTS)
    siblings = rollout._siblings

    def drained_meanwhile(*args: object) -> list[Deployment]:
        found = siblings(*args)  # type: ignore[arg-type]
        Deployment.objects.filter(pk__in=[one.pk for one in found]).update(state="retired")
        return found

    monkeypatch.setattr(rollout, "_siblings", drained_meanwhile)
    with pytest.raises(WrongState):
        rollout.promote(deployment=second, actor="t")
    assert outbox() == []


@pytest.mark.django_db(transaction=True)
def test_drift_is_announced_with_its_alert_once(fake: Deployment, receiver: Receiver) -> None:
    secret = receiver.subscribe("drift.alert")
    called(fake, BEFORE, 250, words=90)
    called(fake, RECENT, 210, words=90, accepted=7)
    reports.report(NOW)
    reports.report(NOW)
    [alert] = DriftAlert.objects.all()
    [payload] = receiver.take_all(secret)
    assert (payload["type"], payload["data"]) == (
        "drift.alert",
        {
            "alert_id": str(alert.pk),
            "deployment": "fake",
            "figure": "acceptance",
            "value": -0.2,
            "threshold": -0.05,
            "sentence": "fake: Writers keep 70.0% of its edits, 90.0% before",
            "until": "2026-11-24T00:00:00+00:00",
        },
    )


@pytest.mark.django_db
def test_an_alert_that_is_not_written_is_not_announced(fake: Deployment, receiver: Receiver) -> None:
    receiver.subscribe("drift.alert")
    called(fake, BEFORE, 250, words=90)
    called(fake, RECENT, 210, words=900, accepted=7)
    with transaction.atomic():
        reports.report(NOW)
        assert [(name, data["figure"]) for name, data in outbox()] == [
            ("drift.alert", "length"),
            ("drift.alert", "acceptance"),
        ]
        transaction.set_rollback(True)
    assert outbox() == []


def limit(subject: str = "fake", *, money: Decimal | None = None, tokens: int | None = None) -> Budget:
    made = Budget.objects.create(scope="deployment", subject=subject, span="month", money=money, tokens=tokens)
    snapshot.clear_cache()
    return made


def refused(caller: Caller) -> None:
    with pytest.raises(BudgetExceeded):
        calls.rewrite(deployment="fake", request=ASK, caller=caller)


@pytest.mark.django_db(transaction=True)
def test_an_exhausted_budget_is_announced_once_a_period(fake: Deployment, caller: Caller, receiver: Receiver) -> None:
    secret = receiver.subscribe("budget.exhausted")
    Deployment.objects.filter(pk=fake.pk).update(options={"answer": "1: We use tools now."})
    budget = limit(money=Decimal("0.0001"), tokens=10_000)
    calls.rewrite(deployment="fake", request=ASK, caller=caller)
    calls.rewrite(deployment="fake", request=ASK, caller=caller)
    assert outbox() == []
    BudgetPeriod.objects.update(money_spent=Decimal("0.00005"), money_reserved=Decimal("0.00002"))
    for _ in range(3):
        refused(caller)
    [payload] = receiver.take_all(secret)
    month = timezone.now().date().replace(day=1)
    assert (payload["type"], payload["data"]) == (
        "budget.exhausted",
        {
            "scope": "deployment", "subject": "fake", "span": "month", "start": month.isoformat(),
            "money_limit": "0.0001", "money_used": "0.00007", "tokens_limit": 10_000, "tokens_used": 22,
        },
    )  # fmt: skip
    BudgetPeriod.objects.update(start=month - timedelta(days=1))  # a new month begins
    Budget.objects.filter(pk=budget.pk).update(money=Decimal("0.00001"))
    snapshot.clear_cache()
    refused(caller)
    refused(caller)
    assert [data["money_used"] for _, data in outbox()] == ["0.00007", "0"]


@pytest.mark.django_db
def test_only_the_first_refusal_of_a_period_writes_anything(
    fake: Deployment, caller: Caller, receiver: Receiver
) -> None:
    limit(tokens=5)

    def writes() -> int:
        with CaptureQueriesContext(connection) as seen:
            refused(caller)
        marked = [one["sql"] for one in seen if '"exhausted_at" = ' in one["sql"].split(" WHERE ")[0]]
        return len(marked)

    assert [writes() for _ in range(4)] == [1, 0, 0, 0]
    assert BudgetPeriod.objects.get().exhausted_at is not None


@pytest.mark.django_db
def test_the_mark_and_the_event_stand_or_fall_together(fake: Deployment, caller: Caller, receiver: Receiver) -> None:
    receiver.subscribe("budget.exhausted")
    limit(tokens=5)
    with transaction.atomic():
        refused(caller)
        assert (len(outbox()), BudgetPeriod.objects.exclude(exhausted_at=None).count()) == (1, 1)
        transaction.set_rollback(True)
    assert (outbox(), BudgetPeriod.objects.count()) == ([], 0)
    refused(caller)
    assert len(outbox()) == 1


@pytest.mark.django_db
def test_of_two_budgets_the_one_that_refuses_is_announced_and_the_other_has_everything_back(
    fake: Deployment, caller: Caller, receiver: Receiver
) -> None:
    receiver.subscribe("budget.exhausted")
    Budget.objects.create(scope="account", subject="7", span="day", money=Decimal(1))
    limit(tokens=5)
    refused(caller)
    assert [(data["scope"], data["tokens_limit"], data["money_limit"]) for _, data in outbox()] == [
        ("deployment", 5, None)
    ]
    assert [(one.budget.scope, one.money_reserved) for one in BudgetPeriod.objects.select_related("budget")] == [
        ("deployment", Decimal(0))
    ]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory locks the whole table")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_a_period", [False, True])
def test_of_sixteen_refused_at_once_one_announces_it(fake: Deployment, receiver: Receiver, has_a_period: bool) -> None:
    receiver.subscribe("budget.exhausted")
    budget = limit(tokens=5)
    if has_a_period:
        BudgetPeriod.objects.create(budget=budget, start=budgets.start_of("month", timezone.now().date()))
    row = snapshot.current().live_row("fake")
    applying = budgets.applicable_budgets(snapshot.current().budgets, row, Caller(7, "BASIC"))
    together = Barrier(16)

    def one(_: int) -> bool:
        try:
            together.wait(HANG_S)
            until = timezone.now() + timedelta(minutes=5)
            budgets.reserve(applying, invocation=new_id(), maximum=budgets.MaximumCost(Decimal(0), 10), until=until)
        except BudgetExceeded:
            return True
        else:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(one, range(16))) == [True] * 16
    assert len(outbox()) == 1
    assert BudgetPeriod.objects.get().exhausted_at is not None
