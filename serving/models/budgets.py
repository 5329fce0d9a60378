"""Budgets: the limits per subject and period, and what is reserved or spent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from serving.models.money import MONEY_DIGITS, MONEY_PLACES, ZERO


class Scope(models.TextChoices):
    ACCOUNT = "account", "Account"
    TIER = "tier", "Tier"
    DEPLOYMENT = "deployment", "Deployment"


class Span(models.TextChoices):
    DAY = "day", "Day"
    MONTH = "month", "Month"


class Budget(models.Model):
    """A limit in money, tokens or both. `subject` is the account's id, the tier, or the deployment's name."""

    scope = models.CharField(max_length=16, choices=Scope.choices)
    subject = models.CharField(max_length=100, help_text="Id of the account, the tier, or the name of the deployment")
    span = models.CharField(max_length=8, choices=Span.choices, verbose_name="period")
    money = models.DecimalField(
        max_digits=MONEY_DIGITS,
        decimal_places=MONEY_PLACES,
        null=True,
        blank=True,
        help_text="Limit in US dollars; empty for none",
    )
    tokens = models.PositiveBigIntegerField(null=True, blank=True, help_text="Limit in tokens; empty for none")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["scope", "subject", "span"]
        constraints = [
            models.UniqueConstraint(fields=["scope", "subject", "span"], name="serving_budget_once"),
            models.CheckConstraint(condition=Q(scope__in=Scope.values), name="serving_scope_known"),
            models.CheckConstraint(condition=Q(span__in=Span.values), name="serving_span_known"),
            models.CheckConstraint(
                condition=Q(money__isnull=False) | Q(tokens__isnull=False), name="serving_budget_limits_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.subject} per {self.span}"


class BudgetPeriod(models.Model):
    """What a budget has spent and reserved since `start`. Changes only by conditional UPDATE."""

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="periods")
    start = models.DateField()
    money_spent = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES, default=ZERO)
    money_reserved = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES, default=ZERO)
    tokens_spent = models.PositiveBigIntegerField(default=0)
    tokens_reserved = models.PositiveBigIntegerField(default=0)
    exhausted_at = models.DateTimeField(null=True, help_text="When a call was first refused because it did not fit")

    class Meta:
        ordering = ["-start", "budget"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "start"], name="serving_period_once"),
            models.CheckConstraint(
                condition=Q(money_spent__gte=0, money_reserved__gte=0), name="serving_period_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.budget_id} from {self.start}"


class Reservation(models.Model):
    """The upper bound of one running call; deleted when it is settled or released.

    `estimate` is the row of the ledger that is booked if the process and its journal are lost.
    """

    period = models.ForeignKey(BudgetPeriod, models.CASCADE, related_name="reservations")
    invocation = models.UUIDField()
    money = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES)
    tokens = models.PositiveBigIntegerField()
    expires_at = models.DateTimeField(db_index=True)
    estimate = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["period", "invocation"], name="serving_reserved_once")]

    def __str__(self) -> str:
        return f"reservation of {self.invocation}"
