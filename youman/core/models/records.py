"""Records of requests and actions: one row per use of an Idempotency-Key, and the append-only audit trail."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from youman.core.database.ids import new_id
from youman.core.models.accounts import Account


class IdempotencyRecord(models.Model):
    """One use of an Idempotency-Key, written in the transaction of the row that it made, which may be gone by now.

    `made_kind` is that row's model as Django labels it, `made_id` its primary key. `fingerprint` is of the request.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    made_kind = models.CharField(max_length=64)
    made_id = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="core_idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="core_idempotency_age")]

    def __str__(self) -> str:
        return self.key


class AuditEvent(models.Model):
    """An entry of the append-only audit trail: who did what to which object.

    `before` and `after` are displayed but never searched.
    """

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
