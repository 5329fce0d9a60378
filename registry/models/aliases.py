"""Aliases, which move from version to version, the rules that guard them, and the ledger of every move."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from registry.models.versions import ModelVersion, RegisteredModel
from registry.states import RequestState
from youman.core.database.ids import new_id

ALIAS_LENGTH = 50


class AliasRule(models.Model):
    """What moving this alias requires. `champion` is protected even without a row."""

    model = models.ForeignKey(RegisteredModel, models.CASCADE, related_name="alias_rules")
    name = models.CharField(max_length=ALIAS_LENGTH)
    is_protected = models.BooleanField(default=True)
    needs_second_approver = models.BooleanField(default=False)
    thresholds = models.JSONField(default=list, help_text="[{metric, bound, value, relative}]")

    class Meta:
        ordering = ["model", "name"]
        constraints = [models.UniqueConstraint(fields=["model", "name"], name="registry_rule_once")]

    def __str__(self) -> str:
        return f"rule of {self.name}"


class Alias(models.Model):
    """Points at one version of its model. Moving it never moves traffic: deployments pin versions."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    model = models.ForeignKey(RegisteredModel, models.PROTECT, related_name="aliases")
    name = models.CharField(max_length=ALIAS_LENGTH)
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="aliases")
    moved_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "aliases"
        constraints = [
            models.UniqueConstraint(fields=["model", "name"], name="registry_alias_once"),
            models.CheckConstraint(condition=~Q(name=""), name="registry_alias_named"),
        ]

    def __str__(self) -> str:
        return f"{self.name} → {self.version}"


class EventKind(models.TextChoices):
    PROMOTE = "promote", "Promoted"
    ROLLBACK = "rollback", "Rolled back"
    REMOVE = "remove", "Removed"


class AliasEvent(models.Model):
    """A move of an alias. Append-only: the database refuses changes. `evidence` is what the decision was based on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    model = models.ForeignKey(RegisteredModel, models.PROTECT, related_name="alias_events")
    alias = models.CharField(max_length=ALIAS_LENGTH)
    kind = models.CharField(max_length=16, choices=EventKind.choices)
    before = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="+")
    after = models.ForeignKey(ModelVersion, models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=200)
    approved_by = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    evidence = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["model", "alias", "-created_at", "-id"], name="registry_alias_history")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="registry_event_kind_known"),
            models.CheckConstraint(
                condition=Q(before=None) | Q(after=None) | ~Q(before=F("after")), name="registry_event_moves"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alias} {self.kind} by {self.actor}"


class PromotionRequest(models.Model):
    """A move of an alias that waits for a second approver."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    model = models.ForeignKey(RegisteredModel, models.PROTECT, related_name="promotion_requests")
    alias = models.CharField(max_length=ALIAS_LENGTH)
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="promotion_requests")
    state = models.CharField(max_length=16, choices=RequestState.choices, default=RequestState.PENDING)
    requested_by = models.CharField(max_length=200)
    reason = models.TextField()
    evidence = models.JSONField(default=dict)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "alias", "version"],
                condition=Q(state=RequestState.PENDING),
                name="registry_request_once",
            ),
            models.CheckConstraint(condition=Q(state__in=RequestState.values), name="registry_request_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.alias}, requested by {self.requested_by}"
