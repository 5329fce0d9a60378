"""Accounts, their API keys, invitations, and the words that each account uses per month."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from youman.core.models.tiers import LIMITS, Limits, Tier


class Account(models.Model):
    """A user of the product. Consent to training is a policy version and a time; without it both are empty."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="account")
    tier = models.CharField(max_length=16, choices=Tier.choices, default=Tier.FREE)
    monthly_words = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Words per month; empty for the tier's quota"
    )
    consent_version = models.CharField(max_length=32, blank=True)
    consent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="core_account_tier_known"),
            models.CheckConstraint(
                condition=Q(consent_version="", consent_at=None) | Q(~Q(consent_version=""), consent_at__isnull=False),
                name="core_account_consent_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.tier})"

    @property
    def limits(self) -> Limits:
        """Return the limits of the tier, with the account's own monthly quota if it has one."""
        tier = LIMITS[self.tier]
        words = tier.words_per_month if self.monthly_words is None else self.monthly_words
        return Limits(tier.words_per_request, words, tier.requests_per_minute)

    @property
    def consents(self) -> bool:
        return self.consent_at is not None


class ApiKey(models.Model):
    """An API key. Only its digest is stored; `prefix` lets its owner recognise it."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Invitation(models.Model):
    """A one-time link by which staff invite a writer. Only the digest of its token is stored."""

    email = models.EmailField()
    tier = models.CharField(max_length=16, choices=Tier.choices, default=Tier.FREE)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"invitation of {self.email}"


class WordUsage(models.Model):
    """The words and requests of an account in a month; `month` is the first day of the month."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="word_usage")
    month = models.DateField()
    words = models.PositiveBigIntegerField(default=0)
    requests = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "month"], name="core_wordusage_one_a_month")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.month:%Y-%m}: {self.words}"
