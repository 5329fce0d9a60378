"""Filters of the ledger and of drift alerts, and which days costs may ask for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from serving.drift import reports
from serving.models import Deployment, DriftAlert, DriftReport
from tests.serving.api.test_serving import call
from tests.writers import Writer, writer

pytestmark = pytest.mark.django_db
TRUE, FALSE = ("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")


def listed(one: Writer, address: str, field: str = "id") -> list[str]:
    reply = one.get(address)
    assert reply.status == 200, reply.body
    return [row[field] for row in reply.body["results"]]


def test_failed_lists_failed_calls_and_the_others_however_it_is_written(
    fake: Deployment,
    staff: Writer,
) -> None:
    alice = writer("alice")
    good, bad = str(call(alice).pk), str(call(alice, error="server").pk)
    assert [listed(staff, f"invocations?failed={value}") for value in TRUE] == [[bad]] * 4
    assert [listed(staff, f"invocations?failed={value}") for value in FALSE] == [[good]] * 4
    assert listed(staff, "invocations") == listed(staff, "invocations?deployment=fake") == [bad, good]


def test_open_lists_alerts_that_nobody_has_acknowledged_and_the_others(
    fake: Deployment,
    staff: Writer,
) -> None:
    now, day = timezone.now(), timedelta(days=1)
    report = DriftReport.objects.create(
        deployment=fake, reference_from=now - 2 * day, recent_from=now - day, until=now, reference_calls=1,
        recent_calls=1, figures=[],
    )  # fmt: skip
    first, second = (
        DriftAlert.objects.create(
            report=report, deployment=fake, figure=figure, value=1, threshold=0.2, sentence="It changed",
            created_at=now + timedelta(seconds=number),
        )
        for number, figure in enumerate(("length", "strategy"))
    )  # fmt: skip
    reports.acknowledge(alert_id=first.pk, actor="root")
    assert [listed(staff, f"drift/alerts?open={value}") for value in TRUE] == [[str(second.pk)]] * 4
    assert [listed(staff, f"drift/alerts?open={value}") for value in FALSE] == [[str(first.pk)]] * 4
    assert listed(staff, "drift/alerts") == [str(second.pk), str(first.pk)]


@pytest.mark.parametrize("address", ["usage", "usage/costs", "usage/costs.csv"])
def test_costs_take_days_that_can_be_counted_from(db: None, address: str) -> None:
    alice = writer("alice")
    for query in ("since=2000-01-01&until=2000-12-31", "until=2999-12-31", "until=2000-01-01"):
        assert alice.api.get(f"/api/v1/{address}?{query}").status_code == 200
    for query in ("until=0001-01-01", "until=9999-12-31", "since=1999-12-31", "until=3000-01-01"):
        assert alice.api.get(f"/api/v1/{address}?{query}").status_code == 400
