"""Pulls drift alerts of our own models and, where the model's rule says so, answers each with at most one job.

The row that marks an alert as handled and the job are one transaction: killed in between, neither is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.models import RegisteredModel
from serving.models import DriftAlert
from training.datasets.freezing import DatasetQuery, freeze
from training.jobs.lifecycle import JobRequest, create_job
from training.models import HandledAlert, RetrainRule, TrainingJob
from training.states import TERMINAL, JobState
from youman.core.errors import YoumanError

ACTOR = "drift"
NOT_CURED = frozenset({"failures"})  # training mends no calls that fail
ONCE_IN = timedelta(days=7)  # drift is measured over a week: sooner, a new model's week is not yet seen
BATCH = 100


@dataclass(frozen=True, slots=True)
class RetrainingReport:
    """Alerts that were looked at, and the jobs they started."""

    alerts: int
    jobs: tuple[TrainingJob, ...]


def handle_alerts() -> RetrainingReport:
    """Idempotent, and safe beside itself."""
    waiting = (
        DriftAlert.objects.filter(handled=None, deployment__version__isnull=False)
        .exclude(figure__in=NOT_CURED)
        .select_related("deployment__version__model")
        .order_by("created_at", "id")[:BATCH]
    )
    found = [_answer(alert) for alert in waiting]
    return RetrainingReport(len(found), tuple(job for job in found if job is not None))


def _answer(alert: DriftAlert) -> TrainingJob | None:
    assert alert.deployment.version is not None
    model = alert.deployment.version.model
    try:
        with transaction.atomic():
            handled = HandledAlert.objects.create(alert=alert)
            job, note, is_new = _job(alert, model)
            HandledAlert.objects.filter(pk=handled.pk).update(job=job, note=note[:200])
            return job if is_new else None
    except IntegrityError:  # somebody else looks at it
        return None
    except YoumanError as error:
        # What was begun is undone; the alert counts as looked at, or it would fail every minute.
        HandledAlert.objects.get_or_create(alert=alert, defaults={"note": f"No job: {error.detail}"[:200]})
        return None


def _job(alert: DriftAlert, model: RegisteredModel) -> tuple[TrainingJob | None, str, bool]:
    if not RetrainRule.objects.filter(model=model, on_drift=True).exists():
        return None, "No job: no rule of this model says so", False
    jobs = TrainingJob.objects.filter(model_name=model.name)
    recent = (jobs.exclude(state__in=TERMINAL) | jobs.filter(created_at__gt=timezone.now() - ONCE_IN)).first()
    if recent is not None:
        return recent, f"No other job: {recent.pk} is {recent.state}", False
    last = jobs.filter(state=JobState.COMPLETED, produced_version__isnull=False).select_related("dataset").first()
    if last is None:
        return None, "No job: no job of this model has made a version", False
    return _like(last, alert), "A job like the last one", True


def _like(last: TrainingJob, alert: DriftAlert) -> TrainingJob:
    """The same trainer, settings, limits and query; the pairs are today's. Goes on from no version: drift unlearns."""
    asked: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in last.dataset.query.items()
    }
    dataset = freeze(name=f"drift-{alert.pk}", query=DatasetQuery(**asked), actor=ACTOR)
    ask = JobRequest(
        model=last.model_name,
        dataset=dataset.pk,
        trainer=last.trainer,
        hyperparameters=last.hyperparameters,
        thresholds=last.thresholds,
        executor=last.executor,
        priority=last.priority,
        deadline_s=last.deadline_s,
        stall_s=last.stall_s,
        notes=f"Started by drift: {alert.sentence}",
        canary_share=last.canary_share,
    )
    return create_job(account=last.requested_by, request=ask, actor=ACTOR)
