"""Batches handed to a vendor, and their items."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from serving.models.deployments import Deployment
from serving.models.money import MONEY_DIGITS, MONEY_PLACES, ZERO
from serving.states import BatchState, ItemState
from youman.core.database.ids import new_id


class VendorBatch(models.Model):
    """Calls handed to a vendor together, at its price for work that may wait. This row decides, not the vendor.

    `tries` counts submissions that may have arrived; after the first, the vendor is searched for it before another one.
    `not_ours` holds vendor ids that were mistaken for this batch. `leased_until` keeps other workers away.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    deployment = models.ForeignKey(Deployment, models.PROTECT, related_name="vendor_batches")
    state = models.CharField(max_length=16, choices=BatchState.choices, default=BatchState.SUBMITTING)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deadline_at = models.DateTimeField(help_text="Calls that the batch has not returned by this time are made live")
    submitted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    vendor_id = models.CharField(max_length=200, blank=True)
    certain = models.BooleanField(
        default=True,
        help_text="The vendor's batch id is certain (returned or matched), not inferred from size and time",
    )
    not_ours = models.JSONField(default=list)
    cancelled_at = models.DateTimeField(null=True, help_text="When the vendor was asked to stop")
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="Consecutive failed status checks")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name_plural = "vendor batches"
        indexes = [models.Index(fields=["-created_at", "-id"], name="serving_vendor_batch_page")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="serving_batch_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=[BatchState.SUBMITTED, BatchState.ENDED]) | ~Q(vendor_id=""),
                name="serving_submitted_batch_has_an_id",
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk}"


class VendorBatchItem(models.Model):
    """One call of a batch; its id becomes the ledger's. Holds what the ledger will need, but never a text."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    batch = models.ForeignKey(VendorBatch, models.CASCADE, related_name="items")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=ItemState.choices, default=ItemState.OPEN)
    error = models.CharField(max_length=32, blank=True)
    account = models.BigIntegerField()
    tier = models.CharField(max_length=16)
    transformation = models.UUIDField(null=True)
    chunk = models.PositiveIntegerField(null=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    strategy = models.CharField(max_length=16)
    complexity = models.CharField(max_length=16)
    words = models.PositiveIntegerField()
    characters = models.PositiveIntegerField()
    characters_sent = models.PositiveIntegerField(help_text="Characters of the whole prompt")
    language = models.CharField(max_length=8, default="en")
    money_held = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES, default=ZERO)
    tokens_held = models.PositiveBigIntegerField(default=0)
    periods = models.JSONField(default=list, help_text="Ids of the budget periods in which it is reserved")

    class Meta:
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="serving_batch_item_once"),
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="serving_item_state_known"),
        ]

    def __str__(self) -> str:
        return f"item {self.number} of {self.batch_id}"
