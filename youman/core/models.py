"""Accounts, keys, invitations, the month's words, idempotency records, and the audit trail."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from youman.core.accounts.tiers import LIMITS, Limits, Tier
from youman.core.database.ids import new_id


class Account(models.Model):
    """A user of the product. Consent to training is a policy version and a time, or nothing."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="account")
    tier = models.CharField(max_length=16, choices=Tier.choices, default=Tier.FREE)
    monthly_words = models.PositiveBigIntegerField(null=True, blank=True, help_text="Overrides the tier's quota")
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
        tier = LIMITS[self.tier]
        words = tier.words_per_month if self.monthly_words is None else self.monthly_words
        return Limits(tier.words_per_request, words, tier.requests_per_minute)

    @property
    def consents(self) -> bool:
        return self.consent_at is not None


class ApiKey(models.Model):
    """Only the digest is stored; `prefix` lets its owner recognise it."""

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
    """A one-time link by which staff let a writer in; only the token's digest is stored."""

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
    """The words an account has spent in a month (the month's first day)."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="word_usage")
    month = models.DateField()
    words = models.PositiveBigIntegerField(default=0)
    requests = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "month"], name="core_wordusage_one_a_month")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.month:%Y-%m}: {self.words}"


class IdempotencyRecord(models.Model):
    """One use of an Idempotency-Key; `status` is null while the request is in flight."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    location = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="core_idempotency_key_once")]
        indexes = [models.Index(fields=["started_at"], name="core_idempotency_age")]

    def __str__(self) -> str:
        return self.key


class AuditEvent(models.Model):
    """Append-only: who did what to which object. `before` and `after` are shown, never searched."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    at = models.DateTimeField(db_default=Now())
    actor = models.CharField(max_length=200)
    verb = models.CharField(max_length=64)
    object_kind = models.CharField(max_length=64)
    object_id = models.CharField(max_length=64)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        ordering = [F("at").desc(), F("id").desc()]
        indexes = [models.Index(fields=["object_kind", "object_id", "-at"], name="core_audit_object")]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.object_kind} {self.object_id}"
