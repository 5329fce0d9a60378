"""Takes back jobs whose supervisor has gone silent. Runs on a queue of its own, so that no training can starve it.

By the time a beat is stale the trainer is gone too: its warden stops it when the claim is not renewed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from training.jobs.outcome import claimed_rows, end_as_failed
from training.models import TrainingJob
from training.states import FailureClass, JobState

# Longer than the warden's lease and grace together (20 + 8 s): never two trainers, on any machine.
STALE_AFTER = timedelta(seconds=35)
_BATCH = 100


def reap(now: datetime | None = None) -> int:
    """Returns how many were taken back. A row that never beat counts from its claim, which sets the first beat."""
    moment = now or timezone.now()
    silent = TrainingJob.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=moment - STALE_AFTER)
    return sum(_take_back(job) for job in silent[:_BATCH])


def _take_back(job: TrainingJob) -> bool:
    # A beat or a new attempt since the row was read means that somebody is at work.
    same = claimed_rows(job).filter(heartbeat_at=job.heartbeat_at)
    return end_as_failed(job, FailureClass.WORKER_LOST, "its supervisor went silent", same)
