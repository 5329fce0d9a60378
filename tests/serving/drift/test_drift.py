"""What comes in and what becomes of it, this week compared with the four before."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from serving.deployments.acceptance import AcceptanceStats
from serving.drift import reports
from serving.drift.statistics import DriftWindow, figures, psi
from serving.models import Deployment, DriftAlert, DriftReport, Invocation, InvocationOutcome
from tests.writers import Writer, writer
from youman.core.accounts.lifecycle import create_account, create_api_key
from youman.core.database.ids import new_id
from youman.core.errors import Conflict, NotFound

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
BEFORE, RECENT = NOW - timedelta(days=20), NOW - timedelta(days=3)


def test_the_index_is_nothing_for_the_same_shares_and_grows_with_the_change() -> None:
    assert psi({"a": 100, "b": 300}, {"a": 100, "b": 300}) == 0.0
    assert round(psi({"a": 500, "b": 500}, {"a": 700, "b": 300}), 3) == 0.169
    assert psi({"a": 1_000}, {"b": 1_000}) > 10


def test_of_too_few_calls_or_answers_nothing_is_said() -> None:
    few = DriftWindow(199, {"strategy": {"casual": 199}}, 0, AcceptanceStats(49, 49.0, 49.0))
    many = DriftWindow(200, {"strategy": {"casual": 200}}, 0, AcceptanceStats(50, 50.0, 50.0))
    assert figures(few, many) == figures(many, few) == ()
    assert [(one.name, one.drifted) for one in figures(many, many)] == [
        ("strategy", False), ("failures", False), ("acceptance", False)
    ]  # fmt: skip


@pytest.mark.parametrize(("failed", "drifted"), [(4, False), (30, True)])
def test_failures_and_acceptance_need_a_sure_and_a_large_change(failed: int, drifted: bool) -> None:
    before = DriftWindow(1_000, {}, 10, AcceptanceStats(200, 180.0, 170.0))
    after = DriftWindow(300, {}, failed, AcceptanceStats(100, 90.0 - failed, 85.0 - failed))
    found = {one.name: one.drifted for one in figures(before, after)}
    assert found == {"failures": drifted, "acceptance": drifted}


def called(
    row: Deployment, at: datetime, count: int, *, words: int, accepted: int = 9, strategy: str = "casual"
) -> None:
    rows = [
        Invocation(
            id=new_id(), created_at=at, deployment=row, model="m", account=7, tier="BASIC", attempt=1,
            strategy=strategy, complexity="simple", latency_ms=5, price_list="-", words_in=words, words_out=words,
            statistics={"language": "en"},
        )
        for _ in range(count)
    ]  # fmt: skip
    Invocation.objects.bulk_create(rows)
    outcomes = [InvocationOutcome(invocation=one, accepted=accepted, rejected=10 - accepted) for one in rows]
    InvocationOutcome.objects.bulk_create(outcomes)


def open_alerts() -> dict[str, str]:
    return {one.figure: one.sentence for one in DriftAlert.objects.filter(acknowledged_at=None)}


@pytest.mark.django_db
def test_a_change_of_what_comes_in_and_of_what_is_kept_is_news_once(fake: Deployment) -> None:
    called(fake, BEFORE, 250, words=90)
    called(fake, RECENT, 210, words=900, accepted=7)
    (made,) = reports.report(NOW)
    assert (made.reference_calls, made.recent_calls, made.until) == (250, 210, datetime(2026, 11, 24, tzinfo=UTC))
    assert open_alerts() == {
        "length": "fake: length: up to 1,600 words is 100% of what comes in, 0% before",
        "acceptance": "fake: Writers keep 70.0% of its edits, 90.0% before",
    }
    assert reports.report(NOW) == (made,)
    reports.report(NOW + timedelta(days=1))
    assert (DriftReport.objects.count(), DriftAlert.objects.count()) == (2, 2)


@pytest.mark.django_db
def test_who_stays_the_same_makes_no_alert(fake: Deployment) -> None:
    for at in (BEFORE, RECENT):
        called(fake, at, 120, words=90)
        called(fake, at, 120, words=300, strategy="academic")
    (made,) = reports.report(NOW)
    assert [(one["name"], one["drifted"]) for one in made.figures] == [
        ("length", False), ("answer", False), ("language", False), ("strategy", False), ("complexity", False),
        ("failures", False), ("acceptance", False),
    ]  # fmt: skip
    assert open_alerts() == {}


@pytest.fixture
def alert(fake: Deployment) -> DriftAlert:
    called(fake, BEFORE, 200, words=90)
    called(fake, RECENT, 200, words=900)
    reports.report(NOW)
    return DriftAlert.objects.get()


@pytest.mark.django_db
def test_an_acknowledged_alert_makes_room_for_the_next(alert: DriftAlert) -> None:
    done = reports.acknowledge(alert_id=alert.pk, actor="olga")
    assert done.acknowledged_by == "olga"
    with pytest.raises(Conflict, match="was acknowledged by olga"):
        reports.acknowledge(alert_id=alert.pk, actor="oleg")
    with pytest.raises(NotFound):
        reports.acknowledge(alert_id=new_id(), actor="oleg")
    reports.report(NOW + timedelta(days=1))
    assert open_alerts().keys() == {"length"}


@pytest.mark.django_db
def test_staff_read_and_acknowledge_by_api_and_a_writer_does_neither(alert: DriftAlert) -> None:
    account = create_account(username="olga", password="a long sentence 1", staff=True)
    olga = writer("nobody-else")
    key = create_api_key(account=account, name="ops", key_scopes=["serving"], actor="tests")
    olga.api.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    (report,) = olga.get("drift").body
    assert (report["deployment"], report["recent_calls"]) == ("fake", 200)
    assert [one["id"] for one in olga.get("drift/alerts?open=1").body["results"]] == [str(alert.pk)]
    mallory: Writer = writer("mallory", "ENTERPRISE")
    assert mallory.post(f"drift/alerts/{alert.pk}/acknowledge").status == 403
    assert mallory.get("drift").status == 403
    assert open_alerts() != {}
    assert olga.post(f"drift/alerts/{alert.pk}/acknowledge").body["acknowledged_by"] == "olga"
    assert olga.post(f"drift/alerts/{alert.pk}/acknowledge").status == 409
    assert olga.get("drift/alerts?open=1").body["results"] == []


@pytest.mark.django_db
def test_staff_acknowledge_in_the_admin(alert: DriftAlert, client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    client.post(
        "/admin/serving/driftalert/", {"action": "acknowledge", "_selected_action": [str(alert.pk)]}, follow=True
    )
    alert.refresh_from_db()
    assert alert.acknowledged_by == "root"


@pytest.mark.django_db
def test_ops_look_by_command(fake: Deployment) -> None:
    said = io.StringIO()
    call_command("drift", stderr=said)
    assert said.getvalue() == "No active deployment was called in the last five weeks\n"
    called(fake, timezone.now() - timedelta(days=3), 2, words=90)
    said = io.StringIO()
    call_command("drift", stdout=said)
    call_command("drift", "--json", stdout=said)
    plain, machine = said.getvalue().splitlines()
    assert plain == "fake: 2 calls last week, 0 in the four before; too few to compare"
    assert (json.loads(machine)["recent_calls"], json.loads(machine)["figures"]) == (2, [])
