"""The answers kept under an account's idempotency keys: how long they stay, and how they are erased."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils import timezone

from youman.core.models import Account, IdempotencyRecord

KEPT = timedelta(hours=24)  # a client that tries again after an outage over night still gets its first answer
GONE = 410
_AT_ONCE = 50  # each is one OR in the statement, which would else grow with the account


def forget_answers(account: Account, mentions: Iterable[str]) -> int:
    """Answers that name one of these ids are gone: a deleted text must not come back out of them. The key stays used.

    Returns how many.
    """
    ids = list(mentions)
    gone = 0
    for start in range(0, len(ids), _AT_ONCE):
        named = reduce(or_, (Q(body__contains=one) for one in ids[start : start + _AT_ONCE]))
        gone += IdempotencyRecord.objects.filter(named, account=account).update(status=GONE, body="", location="")
    return gone


def prune_answers() -> int:
    """Delete expired idempotency records; returns how many."""
    return IdempotencyRecord.objects.filter(started_at__lt=timezone.now() - KEPT).delete()[0]
