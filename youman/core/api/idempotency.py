"""`Idempotency-Key`: a request that is sent twice runs only once.

The second one gets 409 while the first is running, 422 if it is a different request, and otherwise the first answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from youman.core.accounts.stored_answers import GONE, RETENTION
from youman.core.errors import AnswerGone, IdempotencyMismatch, InvalidInput, RequestInFlight
from youman.core.models import Account, IdempotencyRecord

LEASE = timedelta(minutes=2)  # a request without an answer for this long is considered dead
_LONGEST_KEY = 255


def run_once(request: Request, account: Account, do: Callable[[], Response]) -> Response:
    """Run `do`, or return its earlier answer if the request repeats an Idempotency-Key.

    Answers are stored for a day. An exception frees the key, since nothing was done. Raises InvalidInput,
    IdempotencyMismatch, RequestInFlight, or AnswerGone if the answer has been erased.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return do()
    if len(key) > _LONGEST_KEY:
        raise InvalidInput(f"An Idempotency-Key may have at most {_LONGEST_KEY} characters")
    record, fresh = _claim(account, key, _fingerprint(request))
    return _first(record, do) if fresh else _replay(record)


def _first(record: IdempotencyRecord, do: Callable[[], Response]) -> Response:
    mine = IdempotencyRecord.objects.filter(pk=record.pk, started_at=record.started_at)
    done = False
    try:
        response = do()
        body = json.dumps(response.data, cls=JSONEncoder)
        mine.update(status=response.status_code, body=body, location=response.headers.get("Location", ""))
        done = True
    finally:
        if not done:
            mine.delete()
    return response


def _claim(account: Account, key: str, fingerprint: str) -> tuple[IdempotencyRecord, bool]:
    now = timezone.now()
    record, made = IdempotencyRecord.objects.get_or_create(
        account=account, key=key, defaults={"fingerprint": fingerprint, "started_at": now}
    )
    if made or _take_over(record, fingerprint, now):
        record.started_at = now
        return record, True
    if record.fingerprint != fingerprint:
        raise IdempotencyMismatch("This Idempotency-Key was used with another request; use a new one")
    if record.status is None:
        raise RequestInFlight("The first request with this Idempotency-Key is still running; try again in a moment")
    return record, False


def _take_over(record: IdempotencyRecord, fingerprint: str, now: datetime) -> bool:
    """Take over an expired record. The UPDATE is conditional on the time that was read, so only one caller succeeds."""
    expired = Q(started_at__lt=now - RETENTION) | Q(started_at__lt=now - LEASE, status=None)
    rows = IdempotencyRecord.objects.filter(expired, pk=record.pk, started_at=record.started_at)
    return bool(rows.update(fingerprint=fingerprint, started_at=now, status=None, body="", location=""))


def _replay(record: IdempotencyRecord) -> Response:
    if record.status == GONE:
        raise AnswerGone("The result of this Idempotency-Key has been deleted; use a new key to create it again")
    headers = {"Idempotency-Replayed": "true"} | ({"Location": record.location} if record.location else {})
    return Response(json.loads(record.body), status=record.status, headers=headers)


def _fingerprint(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True, cls=JSONEncoder)
    return hashlib.sha256(f"{request.method} {request.path}\n{body}".encode()).hexdigest()
