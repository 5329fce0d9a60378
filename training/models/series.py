"""What a job says while it runs: numbers, events, log lines. Append-only; logs and old points are pruned by age."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from training.models.jobs import TrainingJob

KEY_LENGTH = 64
LINE_LENGTH = 2_000


class JobMetric(models.Model):
    """One point of a curve; sent twice it is stored once. A value that is not finite is a gap (NULL)."""

    pk = models.CompositePrimaryKey("job_id", "key", "step")
    job = models.ForeignKey(TrainingJob, models.CASCADE, related_name="metrics", db_index=False)
    key = models.CharField(max_length=KEY_LENGTH)
    step = models.BigIntegerField()
    value = models.FloatField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key}@{self.step}"


class JobEvent(models.Model):
    """What happened to a job, in plain words."""

    job = models.ForeignKey(TrainingJob, models.CASCADE, related_name="events")
    attempt = models.PositiveIntegerField()
    kind = models.CharField(max_length=32)
    message = models.TextField()
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["job", "id"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.message[:60]}"


class JobLogLine(models.Model):
    """The trainer's own words; the id is the cursor."""

    job = models.ForeignKey(TrainingJob, models.CASCADE, related_name="log_lines", db_index=False)
    attempt = models.PositiveIntegerField()
    text = models.CharField(max_length=LINE_LENGTH)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["job", "id"]
        indexes = [models.Index(fields=["job", "id"], name="training_log_tail")]

    def __str__(self) -> str:
        return self.text[:60]


def record_event(job: TrainingJob, kind: str, message: str) -> None:
    """Write what happened to a job, in plain words; call it in the transaction of the change itself."""
    JobEvent.objects.create(job_id=job.pk, attempt=job.attempt, kind=kind[:32], message=message)
