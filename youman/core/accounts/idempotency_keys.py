"""Uses of an Idempotency-Key. The record of a use is written in the transaction of the row that it made.

So there is never a key without its row nor a row without its key, whatever is killed in between, and a repeated request
finds the row: finished, still being worked on, or deleted. Nothing of an answer is stored here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, OperationalError, connection
from django.db.models import Model
from django.utils import timezone

from youman.core.errors import IdempotencyMismatch, RequestInFlight
from youman.core.models import Account, IdempotencyRecord

RETENTION = timedelta(hours=24)  # a client that retries after an outage over night still finds what it made
Claim = Callable[[Model], None]
_MAX_WAIT = "2s"  # for a request with the same key that is storing its row in this moment
_LOCK_NOT_AVAILABLE = "55P03"


class KeyTaken(Exception):
    """Another request with the same key has stored its row first. The transaction must be rolled back."""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """One request and its key, which is empty where none was sent; then nothing is recorded and nothing found.

    `fingerprint`: 64 hexadecimal digits that differ between requests.
    """

    account: Account
    key: str
    fingerprint: str

    def earlier(self) -> IdempotencyRecord | None:
        """Return the record of an earlier request with this key, at most 24 hours old.

        Raises IdempotencyMismatch when that was another request.
        """
        if not self.key:
            return None
        found = IdempotencyRecord.objects.filter(account=self.account, key=self.key).first()
        if found is None:
            return None
        if found.created_at < timezone.now() - RETENTION:
            found.delete()
            return None
        if found.fingerprint != self.fingerprint:
            raise IdempotencyMismatch("This Idempotency-Key was used with another request; use a new one")
        return found

    def claim(self, made: Model) -> None:
        """Record the key and the row that the caller's transaction makes, before anything that others wait for.

        Raises KeyTaken when another request has the key, and RequestInFlight when another one holds it for more than
        two seconds.
        """
        if not self.key:
            return
        record = IdempotencyRecord(account=self.account, key=self.key, fingerprint=self.fingerprint)
        record.made_kind, record.made_id = made._meta.label_lower, str(made.pk)
        try:
            with _bounded_wait():
                record.save(force_insert=True)
        except IntegrityError as error:
            raise KeyTaken from error


def unclaimed(made: Model) -> None:
    """Record nothing: the `Claim` of what is made without a key."""


def prune_keys() -> int:
    """Delete records older than 24 hours; return how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - RETENTION).delete()[0]


@contextmanager
def _bounded_wait() -> Iterator[None]:
    """An INSERT of a key waits until the transaction that inserted it first has ended, but not for ever."""
    if connection.vendor != "postgresql":
        yield  # SQLite has one writer, and a time-out of its own
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{_MAX_WAIT}'")
        try:
            yield
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") == _LOCK_NOT_AVAILABLE:
                raise RequestInFlight(
                    "Another request with this Idempotency-Key is still running; send it again in a moment"
                ) from error
            raise
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
