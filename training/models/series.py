"""What a job reports while it runs: metrics, events and log lines. Append-only; old metrics and logs are pruned."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from training.models.jobs import TrainingJob

KEY_LENGTH = 64
LINE_LENGTH = 2_000


class JobMetric(models.Model):
    """One point of a curve. A point that is sent twice is stored once; a value that is not finite is stored as NULL."""

    pk = models.CompositePrimaryKey("job_id", "key", "step")
    job = models.ForeignKey(TrainingJob, models.CASCADE, related_name="metrics", db_index=False)
    key = models.CharField(max_length=KEY_LENGTH)
    step = models.BigIntegerField()
    value = models.FloatField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key}@{self.step}"


class JobEvent(models.Model):
    """Something that happened to a job, in one sentence."""

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
    """One line of the trainer's output; the id is the cursor."""

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
    """Record what happened to a job, in one sentence. Call it in the transaction of the change."""
    JobEvent.objects.create(job_id=job.pk, attempt=job.attempt, kind=kind[:32], message=message)
