"""Writes drift reports and alerts: each day, each active deployment's last week compared with the four before."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from serving import events
from serving.drift import statistics
from serving.drift.statistics import DriftFigure
from serving.drift.windows import window
from serving.models import Deployment, DeploymentKind, DriftAlert, DriftReport, Invocation
from serving.states import DeploymentState
from youman.core.accounts import audit
from youman.core.errors import Conflict, NotFound
from youman.core.events.outbox import announce

RECENT, REFERENCE = timedelta(days=7), timedelta(days=28)  # whole weeks, since Mondays differ from Sundays


def report(now: datetime | None = None) -> tuple[DriftReport, ...]:
    """Return the day's reports on all deployments called lately, and write those that are missing.

    Idempotent, and safe to run concurrently.
    """
    moment = now or timezone.now()
    until = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    called = Invocation.objects.filter(deployment=OuterRef("pk"), created_at__gte=until - RECENT - REFERENCE)
    rows = Deployment.objects.filter(Exists(called), state=DeploymentState.ACTIVE).exclude(kind=DeploymentKind.RULES)
    return tuple(_report(row, until) for row in rows.order_by("name"))


def acknowledge(*, alert_id: UUID, actor: audit.Actor) -> DriftAlert:
    """Acknowledge an alert, so that the next change is reported again.

    Raises NotFound, and Conflict when it was acknowledged before.
    """
    with transaction.atomic():
        alert = DriftAlert.objects.select_related("deployment").filter(pk=alert_id).first()
        if alert is None:
            raise NotFound("There is no such alert")
        changes = {"acknowledged_at": timezone.now(), "acknowledged_by": str(actor)[:200]}
        if not DriftAlert.objects.filter(pk=alert_id, acknowledged_at=None).update(**changes):
            raise Conflict(f"The alert was acknowledged by {alert.acknowledged_by}")
        before: audit.Facts = {"figure": alert.figure, "acknowledged": False}
        after = {**before, "acknowledged": True}
        audit.record(actor=actor, verb="acknowledge drift", subject=alert.deployment, before=before, after=after)
        alert.refresh_from_db()
        return alert


def _report(row: Deployment, until: datetime) -> DriftReport:
    known = DriftReport.objects.filter(deployment=row, until=until).first()
    if known is not None:
        return known
    reference_from, recent_from = until - RECENT - REFERENCE, until - RECENT
    before, after = window(row.pk, reference_from, recent_from), window(row.pk, recent_from, until)
    found = statistics.figures(before, after)
    try:
        with transaction.atomic():
            made = DriftReport.objects.create(
                deployment=row,
                reference_from=reference_from,
                recent_from=recent_from,
                until=until,
                reference_calls=before.calls,
                recent_calls=after.calls,
                figures=[asdict(one) for one in found],
            )
            for one in found:
                _alert(made, one)
    except IntegrityError:  # a concurrent run was quicker
        return DriftReport.objects.get(deployment=row, until=until)
    return made


def _alert(made: DriftReport, figure: DriftFigure) -> None:
    still_open = {"deployment": made.deployment, "figure": figure.name, "acknowledged_at": None}
    if not figure.drifted or DriftAlert.objects.filter(**still_open).exists():
        return
    alert = DriftAlert.objects.create(
        report=made,
        deployment=made.deployment,
        figure=figure.name,
        value=figure.value,
        threshold=figure.threshold,
        sentence=f"{made.deployment.name}: {figure.sentence}"[:300],
    )
    announce(
        events.DriftAlertRaised(
            alert_id=alert.pk,
            deployment=made.deployment.name,
            figure=figure.name,
            value=figure.value,
            threshold=figure.threshold,
            sentence=alert.sentence,
            until=made.until,
        )
    )
