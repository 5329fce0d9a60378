"""Handles drift alerts of the project's own models. If the model's rule allows it, an alert starts one training job.

The row that marks an alert as handled and the job are written in one transaction, so that there is never only one.
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
NOT_CURED_BY_TRAINING = frozenset({"failures"})  # training does not fix failing calls
LEAST_INTERVAL = timedelta(days=7)  # drift is measured over a week; a new model is not judged before
BATCH = 100


@dataclass(frozen=True, slots=True)
class RetrainingReport:
    """The number of handled alerts, and the jobs that they started."""

    alerts: int
    jobs: tuple[TrainingJob, ...]


def handle_alerts() -> RetrainingReport:
    """Handle every new alert. Idempotent, and safe when several processes run it at once."""
    waiting = (
        DriftAlert.objects.filter(handled=None, deployment__version__isnull=False)
        .exclude(figure__in=NOT_CURED_BY_TRAINING)
        .select_related("deployment__version__model")
        .order_by("created_at", "id")[:BATCH]
    )
    jobs = [_handle(alert) for alert in waiting]
    return RetrainingReport(len(jobs), tuple(job for job in jobs if job is not None))


def _handle(alert: DriftAlert) -> TrainingJob | None:
    assert alert.deployment.version is not None
    model = alert.deployment.version.model
    try:
        with transaction.atomic():
            handled = HandledAlert.objects.create(alert=alert)
            job, note, is_new = _job(alert, model)
            HandledAlert.objects.filter(pk=handled.pk).update(job=job, note=note[:200])
            return job if is_new else None
    except IntegrityError:  # another process handles it
        return None
    except YoumanError as error:
        # The transaction is rolled back. The alert is marked as handled, or it would fail again every minute.
        HandledAlert.objects.get_or_create(alert=alert, defaults={"note": f"No job: {error.detail}"[:200]})
        return None


def _job(alert: DriftAlert, model: RegisteredModel) -> tuple[TrainingJob | None, str, bool]:
    if not RetrainRule.objects.filter(model=model, on_drift=True).exists():
        return None, "No job: this model has no retrain rule for drift", False
    jobs = TrainingJob.objects.filter(model_name=model.name)
    recent = (jobs.exclude(state__in=TERMINAL) | jobs.filter(created_at__gt=timezone.now() - LEAST_INTERVAL)).first()
    if recent is not None:
        return recent, f"No further job: {recent.pk} is {recent.state}", False
    last = jobs.filter(state=JobState.COMPLETED, produced_version__isnull=False).select_related("dataset").first()
    if last is None:
        return None, "No job: no job of this model has produced a version", False
    return _repeat(last, alert), "Started a job like the last one", True


def _repeat(last: TrainingJob, alert: DriftAlert) -> TrainingJob:
    """Create a job with the same trainer, settings, limits and query, on the pairs of today.

    It continues from no version: the old weights fit the texts before the drift.
    """
    query: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in last.dataset.query.items()
    }
    dataset = freeze(name=f"drift-{alert.pk}", query=DatasetQuery(**query), actor=ACTOR)
    request = JobRequest(
        model=last.model_name,
        dataset=dataset.pk,
        trainer=last.trainer,
        hyperparameters=last.hyperparameters,
        thresholds=last.thresholds,
        executor=last.executor,
        priority=last.priority,
        deadline_s=last.deadline_s,
        stall_s=last.stall_s,
        notes=f"Started by a drift alert: {alert.sentence}",
        canary_share=last.canary_share,
    )
    return create_job(account=last.requested_by, request=request, actor=ACTOR)
