"""The admin's first page: models, training jobs, deployments, costs, what runs and waits, and alerts.

It is here because it spans the apps. It shows up to ten rows of each and makes a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.contrib import admin
from django.core.checks import WARNING, CheckMessage
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from redis.exceptions import RedisError

from humanize.pipeline import champions
from registry import selectors as registry
from registry.artifacts.ownership import last_refusal
from registry.artifacts.verification import damaged_artifacts
from registry.models import Alias, ModelArtifact, RegisteredModel
from serving.checks import check_endings
from serving.deployments.overview import DeploymentOverview, deployments, drift_alerts
from serving.gateway.costs import CostQuery, CostRow, costs
from serving.models import DriftAlert
from training import selectors as training
from training.models import TrainingJob
from training.states import TERMINAL, JobState
from youman.core.accounts.access import is_permitted
from youman.core.runtime import health, heartbeats

ROWS = 10
DAYS = 30
_LIVE = {"active", "deploying", "draining", "failed"}


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that needs the attention of staff; `url` leads to it, relative to the admin."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A registered model with its number of versions and the number of its champion, if any."""

    model: RegisteredModel
    versions: int
    champion: int | None


@dataclass(frozen=True, slots=True)
class ProcessLine:
    """A queue, or beat, and when a process that serves it was last seen; None if never within a day."""

    queue: str
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the first page shows to a user; None in place of what they may not view.

    `spent` covers the last `days` days.
    """

    alerts: tuple[Alert, ...]
    models: tuple[ModelLine, ...] | None
    deployments: tuple[DeploymentOverview, ...] | None
    jobs: tuple[TrainingJob, ...] | None
    points: training.DataStats | None
    spent: CostRow | None
    parts: tuple[health.Check, ...] | None
    waiting: tuple[health.WaitingRows, ...]
    processes: tuple[ProcessLine, ...]
    days: int = DAYS


def index(request: HttpRequest) -> HttpResponse:
    return admin.site.index(request, extra_context={"board": board(request.user)})


def board(user: object) -> Board:
    """Return what this member of staff may view, by the permissions that the lists behind it need."""
    may = partial(is_permitted, user)
    seen = tuple(one for one in deployments() if one.state in _LIVE) if may("serving.view_deployment") else None
    today = timezone.now().date()
    parts = health.everything()
    used = (one for one in seen or () if one.kind == "model" or one.state != "active")
    since = today - timedelta(days=DAYS - 1)
    return Board(
        alerts=(*(Alert(f"{one.name}: {one.detail}", "") for one in parts if not one.ok), *_alerts(seen or (), may)),
        models=tuple(_models()) if may("registry.view_registeredmodel") else None,
        deployments=None if seen is None else tuple(used)[:ROWS],
        jobs=tuple(_jobs()) if may("training.view_trainingjob") else None,
        points=training.stats() if may("training.view_trainingdatapoint") else None,
        spent=costs(CostQuery(since, today)).total if may("serving.view_invocation") else None,
        parts=parts,
        waiting=health.waiting(),
        processes=_processes(),
    )


def _processes() -> tuple[ProcessLine, ...]:
    try:
        return tuple(ProcessLine(queue, at) for queue, at in heartbeats.last_seen().items())
    except RedisError:
        return ()


def _models() -> list[ModelLine]:
    rows = list(registry.models().order_by("-created_at", "-id")[:ROWS])
    champions = dict(Alias.objects.filter(model__in=rows, name="champion").values_list("model_id", "version__number"))
    return [ModelLine(row, row.counter.last, champions.get(row.pk)) for row in rows]


def _jobs() -> list[TrainingJob]:
    """Return the open jobs first, then the five that ended last."""
    rows = training.jobs()
    open_jobs = rows.exclude(state__in=TERMINAL).order_by("-priority", "created_at")[:ROWS]
    ended = rows.filter(state__in=TERMINAL).order_by("-finished_at")[:5]
    return [*open_jobs, *ended]


def _alerts(seen: tuple[DeploymentOverview, ...], may: Callable[[str], bool]) -> Iterator[Alert]:
    if may("registry.view_modelartifact"):
        yield from (_damage(one) for one in damaged_artifacts()[:ROWS])
        if refused := last_refusal():
            yield Alert(f"The artifact collector deletes nothing: {refused}", "registry/modelartifact/")
    yield from (_trouble(one) for one in seen if one.state == "failed" or one.health.state in {"open", "cooling"})
    if may("training.view_trainingjob"):
        since = timezone.now() - timedelta(days=1)
        for job in training.jobs().filter(state=JobState.FAILED, finished_at__gte=since)[:ROWS]:
            text = f"The job for {job.model_name} failed: {job.failure_detail}"
            yield Alert(text, f"training/trainingjob/{job.pk}/")
    if may("serving.view_driftalert"):
        yield from (Alert(one.sentence, "serving/driftalert/?acknowledged_at__isempty=1") for one in _drifted())
    if may("registry.view_registeredmodel"):
        for one in champions.ALL:
            if trouble := one.trouble():
                yield Alert(f"The shipped {one.model} is in use: {trouble}", f"registry/registeredmodel/?q={one.model}")
    if may("serving.view_providermodel"):
        yield from (_ending(one) for one in check_endings(None, databases=["default"]) if one.level >= WARNING)


def _drifted() -> list[DriftAlert]:
    return list(drift_alerts().filter(acknowledged_at=None)[:ROWS])


def _damage(artifact: ModelArtifact) -> Alert:
    text = f"{artifact.version} {artifact.name} is {artifact.verdict}; the version cannot be deployed"
    return Alert(text, f"registry/modelartifact/{artifact.pk}/change/")


def _trouble(one: DeploymentOverview) -> Alert:
    why = one.state_note or one.health.why
    state = one.state if one.state == "failed" else one.health.state
    return Alert(f"{one.name} is {state}{f': {why}' if why else ''}", f"serving/deployment/?q={one.name}")


def _ending(message: CheckMessage) -> Alert:
    return Alert(f"{message.msg}. {message.hint or ''}".strip(), "serving/providermodel/")
