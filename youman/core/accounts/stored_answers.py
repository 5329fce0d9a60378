"""The answers stored under an account's idempotency keys: how long they are kept, and how they are erased."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import Q
from django.utils import timezone

from youman.core.models import Account, IdempotencyRecord

RETENTION = timedelta(hours=24)  # a client that retries after an outage over night still gets the first answer
GONE = 410
_AT_ONCE = 50  # each id is one OR in the statement, whose length must not grow with the account


def forget_answers(account: Account, mentions: Iterable[str]) -> int:
    """Erase the stored answers that mention one of these ids; return their number.

    A deleted text must not come back from a stored answer. The idempotency keys remain used.
    """
    ids = list(mentions)
    gone = 0
    for start in range(0, len(ids), _AT_ONCE):
        named = reduce(or_, (Q(body__contains=one) for one in ids[start : start + _AT_ONCE]))
        gone += IdempotencyRecord.objects.filter(named, account=account).update(status=GONE, body="", location="")
    return gone


def prune_answers() -> int:
    """Delete expired idempotency records; return their number."""
    return IdempotencyRecord.objects.filter(started_at__lt=timezone.now() - RETENTION).delete()[0]
