"""When a model trains itself again, and which alerts have been looked at for that."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from registry.models import RegisteredModel
from serving.models import DriftAlert
from training.models.jobs import TrainingJob


class RetrainRule(models.Model):
    """Of one registered model. Without a row nothing starts by itself."""

    model = models.OneToOneField(RegisteredModel, models.CASCADE, related_name="retrain_rule")
    on_drift = models.BooleanField(
        default=True,
        help_text="A drift alert starts a job like the last that made a version, on a dataset of the same query today",
    )

    def __str__(self) -> str:
        return f"rule of {self.model}"


class HandledAlert(models.Model):
    """An alert that was looked at, once: the row is what keeps it from a second job."""

    alert = models.OneToOneField(DriftAlert, models.CASCADE, related_name="handled")
    job = models.ForeignKey(TrainingJob, models.SET_NULL, null=True, related_name="answered_alerts")
    note = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.alert_id}: {self.note}"
