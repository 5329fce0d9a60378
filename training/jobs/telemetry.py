"""Stores the metrics and log lines of jobs. A metric is stored once for each (job, key, step)."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from training.contract import paths
from training.contract.output_lines import MetricLine
from training.models import JobLogLine, JobMetric, TrainingJob
from training.models.series import LINE_LENGTH
from training.states import TERMINAL
from youman.core.database.bulk_insert import insert_rows

MOST_LOG_LINES = 50_000
KEEP_LOGS = timedelta(days=30)  # long enough to investigate a failure; the lines are most of a job's data
KEEP_METRICS = timedelta(days=365)  # long enough to compare with last year's model


def store_metrics(job_id: UUID, metrics: Sequence[MetricLine], at: datetime | None = None) -> None:
    """Store points of curves. A point that is already stored keeps its first value."""
    moment = at or timezone.now()
    rows = [(job_id, metric.key, metric.step, metric.value, moment) for metric in metrics]
    insert_rows(JobMetric, ("job_id", "key", "step", "value", "at"), rows, ignore_conflicts=True)


def store_log(job: TrainingJob, lines: Sequence[str], existing_lines: int) -> int:
    """Append lines to the log of a job, up to MOST_LOG_LINES in total.

    `existing_lines` is the number of lines that the job has. Returns the number that it has afterwards.
    """
    left = MOST_LOG_LINES - existing_lines
    if left <= 0 or not lines:
        return existing_lines
    kept = list(lines[:left])
    if len(kept) == left:
        kept[-1] = f"— the log ends here: only {MOST_LOG_LINES:,} lines are stored —"
    moment = timezone.now()
    rows = [(job.pk, job.attempt, line[:LINE_LENGTH], moment) for line in kept]
    insert_rows(JobLogLine, ("job_id", "attempt", "text", "at"), rows)
    return existing_lines + len(kept)


def prune(now: datetime | None = None) -> int:
    """Delete logs, curves and files of jobs that ended long ago. Return how many rows were deleted."""
    moment = now or timezone.now()
    over = TrainingJob.objects.filter(state__in=TERMINAL)
    old_logs = over.filter(finished_at__lt=moment - KEEP_LOGS).values("pk")
    for pk in over.filter(finished_at__lt=moment - KEEP_LOGS).values_list("pk", flat=True):
        for name in (str(pk), f"{pk}.gate"):
            shutil.rmtree(paths.job_folder(name), ignore_errors=True)
    old_metrics = over.filter(finished_at__lt=moment - KEEP_METRICS).values("pk")
    logs, _ = JobLogLine.objects.filter(job__in=old_logs).delete()
    curves, _ = JobMetric.objects.filter(job__in=old_metrics).delete()
    return logs + curves
