"""Takes back jobs whose supervisor has stopped sending heartbeats. Runs on its own queue, so that no job can block it.

When a heartbeat is stale the trainer has stopped too: its warden stops it when its lease is not renewed.
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
    """Take back silent jobs and return how many. The claim sets the first heartbeat, so every running job has one."""
    moment = now or timezone.now()
    silent = TrainingJob.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=moment - STALE_AFTER)
    return sum(_take_back(job) for job in silent[:_BATCH])


def _take_back(job: TrainingJob) -> bool:
    # If a heartbeat or an attempt is newer than the row that was read, a supervisor is at work.
    same = claimed_rows(job).filter(heartbeat_at=job.heartbeat_at)
    return end_as_failed(job, FailureClass.WORKER_LOST, "the supervisor stopped sending heartbeats", same)
