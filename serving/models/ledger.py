"""The ledger: one append-only row per call that was sent, and what became of its answer."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from serving.models.deployments import Deployment
from serving.models.money import MONEY_DIGITS, MONEY_PLACES, ZERO
from serving.states import Purpose
from youman.core.database.ids import new_id


class Invocation(models.Model):
    """A row of the ledger: one call that was sent, what it cost, and what the baseline model would have cost.

    `account` and `transformation` are plain ids, because the ledger outlives both. Money is in US dollars; tokens are
    as in `backends.base.Usage`. A row without `error` was answered; a failed call may still cost something.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deployment = models.ForeignKey(Deployment, models.PROTECT, related_name="invocations")
    model = models.CharField(max_length=100, help_text="Vendor's id of the answering model")
    account = models.BigIntegerField()
    tier = models.CharField(max_length=16)
    transformation = models.UUIDField(null=True)
    chunk = models.PositiveIntegerField(null=True)
    attempt = models.PositiveSmallIntegerField(help_text="Number of the caller's attempt, over the candidates")
    number = models.PositiveSmallIntegerField(default=1, help_text="Try number within the attempt")
    purpose = models.CharField(max_length=16, choices=Purpose.choices, default=Purpose.REWRITE)
    strategy = models.CharField(max_length=16)
    complexity = models.CharField(max_length=16)
    service_tier = models.CharField(max_length=16, default="standard")
    latency_ms = models.PositiveIntegerField()
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_cached = models.PositiveIntegerField(default=0)
    tokens_cache_write = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    tokens_thinking = models.PositiveIntegerField(default=0)
    usage = models.JSONField(null=True, help_text="Usage as the vendor sent it")
    unit_prices = models.JSONField(default=dict, help_text="US dollars per million tokens, as applied")
    price_list = models.CharField(max_length=64, help_text="Source and day of the prices")
    cost = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES, default=ZERO)
    baseline_cost = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES, default=ZERO)
    baseline_estimated = models.BooleanField(
        default=False, help_text="No tokens were counted (own models); the baseline's tokens are estimated"
    )
    error = models.CharField(max_length=32, blank=True)
    estimated = models.BooleanField(default=False, help_text="The vendor sent no usage; the tokens are estimated")
    cached_hit = models.BooleanField(default=False, help_text="Answered from this installation's cache, at no cost")
    words_in = models.PositiveIntegerField(default=0)
    words_out = models.PositiveIntegerField(default=0)
    statistics = models.JSONField(null=True, help_text="Statistics of the text and its answer; never the text itself")

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="serving_invocation_page"),
            models.Index(fields=["account", "-created_at"], name="serving_invocation_account"),
            models.Index(fields=["transformation"], name="serving_invocation_text"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(cost__gte=0, baseline_cost__gte=0), name="serving_cost_not_negative"),
            models.CheckConstraint(
                condition=Q(tokens_in__gte=F("tokens_cached") + F("tokens_cache_write")),
                name="serving_cached_is_part_of_input",
            ),
            models.CheckConstraint(
                condition=Q(tokens_out__gte=F("tokens_thinking")), name="serving_thinking_is_part_of_output"
            ),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="serving_purpose_known"),
            models.CheckConstraint(condition=Q(cached_hit=False) | Q(cost=0), name="serving_hits_cost_nothing"),
        ]

    def __str__(self) -> str:
        return f"invocation {self.pk}"


class InvocationOutcome(models.Model):
    """What became of an answer, in numbers of edits. Append-only: the latest row of an invocation counts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    invocation = models.ForeignKey(Invocation, models.PROTECT, related_name="outcomes")
    verified = models.BooleanField(default=True, help_text="The answer passed verification")
    accepted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    undecided = models.PositiveIntegerField(default=0)
    rating = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["invocation", "-created_at", "-id"], name="serving_outcome_latest"),
            models.Index(fields=["-created_at"], name="serving_outcome_recent"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__range=(1, 5)), name="serving_rating_1_to_5")
        ]

    def __str__(self) -> str:
        return f"outcome of {self.invocation_id}"
