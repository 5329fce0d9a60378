"""When a model is retrained automatically, and which drift alerts have been handled."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from registry.models import RegisteredModel
from serving.models import DriftAlert
from training.models.jobs import TrainingJob


class RetrainRule(models.Model):
    """The rule of one registered model. A model without a rule is never retrained automatically."""

    model = models.OneToOneField(RegisteredModel, models.CASCADE, related_name="retrain_rule")
    on_drift = models.BooleanField(
        default=True,
        help_text="Let a drift alert repeat the last job that produced a version, on today's pairs for the same query",
    )

    def __str__(self) -> str:
        return f"retrain rule of {self.model}"


class HandledAlert(models.Model):
    """A drift alert that was handled. Because the row exists, the alert cannot start a second job."""

    alert = models.OneToOneField(DriftAlert, models.CASCADE, related_name="handled")
    job = models.ForeignKey(TrainingJob, models.SET_NULL, null=True, related_name="answered_alerts")
    note = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.alert_id}: {self.note}"
