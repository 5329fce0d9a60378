"""Writes what happened to a job, in plain words, beside the change itself."""

from __future__ import annotations

from training.models import JobEvent, TrainingJob


def note(job: TrainingJob, kind: str, message: str) -> None:
    JobEvent.objects.create(job_id=job.pk, attempt=job.attempt, kind=kind[:32], message=message)
