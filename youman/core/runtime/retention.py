"""Removes what has served its time."""

from __future__ import annotations

from django.utils import timezone

from youman.core.api.idempotency import KEPT
from youman.core.models import IdempotencyRecord


def prune() -> int:
    """Delete expired idempotency records; returns how many."""
    return IdempotencyRecord.objects.filter(started_at__lt=timezone.now() - KEPT).delete()[0]
