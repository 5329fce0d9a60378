"""Queries for staff: deployments in any state with their health, drift, and the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from serving.gateway import breaker, snapshot
from serving.gateway.breaker import Health
from serving.models import Deployment, DriftAlert, DriftReport, Invocation, ProviderModel


@dataclass(frozen=True, slots=True)
class DeploymentOverview:
    """A deployment in any state as staff see it."""

    name: str
    kind: str
    backend: str
    model: str
    note: str
    state: str
    state_note: str
    tier_floor: str
    traffic_share: int
    health: Health


def deployments(name: str | None = None) -> tuple[DeploymentOverview, ...]:
    """Return all deployments, or the one with this name, uncached, with the health in one round trip."""
    rows = list(Deployment.objects.filter(**({} if name is None else {"name": name})))
    catalogue = {one.pk: one for one in ProviderModel.objects.all()}
    healths, today = breaker.health_of(row.name for row in rows), timezone.now().date()
    found = []
    for row in rows:
        asked = catalogue.get(row.provider_model_id or 0)
        model = snapshot.called_model(asked, catalogue, today) if asked else None
        found.append(
            DeploymentOverview(
                row.name, row.kind, row.backend, model.model_id if model else "", model.note if model else "",
                row.state, row.state_note, row.tier_floor, row.traffic_share, healths[row.name],
            )
        )  # fmt: skip
    return tuple(found)


@dataclass(frozen=True, slots=True)
class LastDay:
    """The calls of a deployment in the last 24 hours, and the latest one that failed: when, with which kind and why.

    `fault` is known only for a model that could not be loaded.
    """

    calls: int
    failed: int
    failed_at: datetime | None = None
    kind: str = ""
    fault: str = ""


def last_day(deployment: Deployment) -> LastDay:
    """Return the calls of a deployment in the last 24 hours, from the ledger."""
    rows = Invocation.objects.filter(deployment_id=deployment.pk, created_at__gte=timezone.now() - timedelta(days=1))
    failed = rows.exclude(error="")
    latest = failed.order_by("-created_at", "-pk").first()
    if latest is None:
        return LastDay(rows.count(), 0)
    fault = str((latest.statistics or {}).get("fault", ""))
    return LastDay(rows.count(), failed.count(), latest.created_at, latest.error, fault)


def latest_drift() -> list[DriftReport]:
    """Return the latest report of each deployment that has one, by name."""
    newest = DriftReport.objects.filter(deployment=OuterRef("deployment")).order_by("-until").values("pk")[:1]
    rows = DriftReport.objects.filter(pk=Subquery(newest)).select_related("deployment")
    return list(rows.order_by("deployment__name"))


def drift_alerts() -> QuerySet[DriftAlert]:
    """Return the alerts with their deployments."""
    return DriftAlert.objects.select_related("deployment")


def invocations() -> QuerySet[Invocation]:
    """Return the rows of the ledger."""
    return Invocation.objects.select_related("deployment")
