"""Webhooks with the events that they receive, the outbox, and the log of every attempt."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from youman.core.database.ids import new_id
from youman.core.states import DeliveryState


class Webhook(models.Model):
    """An address that receives events. `events` lists event types; empty means all.

    The secret is encrypted by the key ring and cannot be viewed again.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100)
    url = models.CharField(max_length=500)
    secret = models.BinaryField()
    events = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    created_by = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(models.Model):
    """An event for one webhook: stored in the transaction of the change, and sent after it.

    `id` is the `webhook-id` of all attempts; `next_at` is the time of the next attempt.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=64)
    payload = models.JSONField()
    state = models.CharField(max_length=16, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "webhook deliveries"
        indexes = [
            models.Index(fields=["webhook", "-created_at", "-id"], name="core_delivery_page"),
            models.Index(fields=["next_at"], condition=Q(state=DeliveryState.PENDING), name="core_outbox"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="core_delivery_state_known")
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.webhook_id}"


class DeliveryAttempt(models.Model):
    """One POST of a delivery; append-only. If there was no answer, `status` is None and `problem` says why."""

    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="log")
    at = models.DateTimeField(default=timezone.now)
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["delivery", "id"]

    def __str__(self) -> str:
        return f"{self.status or self.problem}"
