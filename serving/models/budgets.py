"""Budgets: the limits per subject and period, and what is reserved or spent."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from serving.models.deployments import Deployment
from serving.models.money import MONEY_DIGITS, MONEY_PLACES, ZERO
from serving.states import DeploymentState
from youman.core.models import Account
from youman.core.models.tiers import Tier


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

    def clean(self) -> None:
        """Raises ValidationError for a subject that does not exist: such a budget would limit nothing."""
        if fault := subject_fault(self.scope, self.subject):
            raise ValidationError({"subject": fault})


def subject_fault(scope: str, subject: str) -> str:
    """What is wrong with the subject of a budget and how to fix it, as a sentence; empty when it exists."""
    faults = {Scope.ACCOUNT.value: _account_fault, Scope.TIER.value: _tier_fault}
    return faults.get(scope, _deployment_fault)(subject)


def _account_fault(subject: str) -> str:
    number = int(subject) if subject.isascii() and subject.isdigit() and len(subject) <= 18 else 0
    if str(number) == subject and Account.objects.filter(pk=number).exists():
        return ""
    named = Account.objects.filter(user__username=subject).first()
    if named is not None:
        return f"A budget names an account by its number: use {named.pk} for {subject}"
    return f"There is no account {subject!r}; use the number of an account that exists"


def _tier_fault(subject: str) -> str:
    return "" if subject in Tier.values else f"There is no tier {subject!r}; use one of {', '.join(Tier.values)}"


def _deployment_fault(subject: str) -> str:
    state = Deployment.objects.filter(name=subject).values_list("state", flat=True).first()
    if state == DeploymentState.RETIRED:
        return f"The deployment {subject} is retired and takes no calls; use one that is not"
    return "" if state else f"There is no deployment {subject!r}; use the name of a deployment that exists"


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
