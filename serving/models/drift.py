"""Drift reports, and the alerts that they raise."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from youman.core.database.ids import new_id


class DriftReport(models.Model):
    """A deployment's recent inputs and outcomes compared with the weeks before; one for each deployment and day."""

    deployment = models.ForeignKey("serving.Deployment", models.CASCADE, related_name="drift_reports")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    reference_from = models.DateTimeField()
    recent_from = models.DateTimeField()
    until = models.DateTimeField()
    reference_calls = models.PositiveIntegerField()
    recent_calls = models.PositiveIntegerField()
    figures = models.JSONField(
        default=list, help_text="For each figure: name, value, threshold, whether it drifted, and a sentence"
    )

    class Meta:
        ordering = ["-until", "deployment"]
        constraints = [
            models.UniqueConstraint(fields=["deployment", "until"], name="serving_drift_report_once"),
            models.CheckConstraint(
                condition=Q(reference_from__lt=F("recent_from"), recent_from__lt=F("until")),
                name="serving_drift_windows_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"drift of {self.deployment_id} until {self.until:%Y-%m-%d}"


class DriftAlert(models.Model):
    """A figure that drifted. A deployment has at most one unacknowledged alert for each figure."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey(DriftReport, models.CASCADE, related_name="alerts")
    deployment = models.ForeignKey("serving.Deployment", models.CASCADE, related_name="drift_alerts")
    figure = models.CharField(max_length=32)
    value = models.FloatField()
    threshold = models.FloatField()
    sentence = models.CharField(max_length=300)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    acknowledged_at = models.DateTimeField(null=True, editable=False)
    acknowledged_by = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="serving_drift_alert_page")]
        constraints = [
            models.UniqueConstraint(
                fields=["deployment", "figure"],
                condition=Q(acknowledged_at=None),
                name="serving_drift_alert_open_once",
            ),
        ]

    def __str__(self) -> str:
        return self.sentence
