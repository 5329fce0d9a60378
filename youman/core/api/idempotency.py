"""`Idempotency-Key`: the same request sent twice is done once, whatever dies in between.

The key's record and the row that the request makes are stored in one transaction. An error has therefore changed
nothing and leaves the key free, and a repeated request is answered from the row as it is now. 409 with Retry-After
while the first is storing its row, 410 when the row was deleted since, 422 when the key comes with another request.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import TypeVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from youman.core.accounts.idempotency_keys import Claim, KeyTaken, KeyUse
from youman.core.errors import AnswerGone, InvalidInput, NotFound, RequestInFlight
from youman.core.models import Account, IdempotencyRecord

T = TypeVar("T")
MAX_KEY_LENGTH = 255
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER,
    description="Sent again within 24 hours with the same body, the request is answered from what the first one made",
)  # fmt: skip


def run_once(request: Request, account: Account, *, make: Callable[[Claim], T], find: Callable[[str], T],
             answer: Callable[[T], Response]) -> Response:  # fmt: skip
    """Run `make` and record the request's Idempotency-Key, or answer from what an earlier request with it made.

    `make` checks what it is given, then stores it in a transaction of its own, in which it first hands the row to the
    claim that it gets; whatever it raises, it has stored nothing. `find` gets the result again by the row's primary key
    and raises NotFound; `answer` shows it.
    """
    use = _key_use(request, account)
    record = use.earlier()
    if record is not None:
        return _repeated(record, find, answer)
    try:
        made = make(use.claim)
    except KeyTaken:
        record = use.earlier()
        if record is None:
            raise RequestInFlight("Another request with this Idempotency-Key has just ended; send it again") from None
        return _repeated(record, find, answer)
    return answer(made)


def _repeated(record: IdempotencyRecord, find: Callable[[str], T], answer: Callable[[T], Response]) -> Response:
    try:
        made = find(record.made_id)
    except NotFound:
        raise AnswerGone("What this Idempotency-Key made was deleted since; use a new key to make it again") from None
    response = answer(made)
    response["Idempotency-Replayed"] = "true"
    return response


def _key_use(request: Request, account: Account) -> KeyUse:
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > MAX_KEY_LENGTH:
        raise InvalidInput(f"An Idempotency-Key may have at most {MAX_KEY_LENGTH} characters")
    return KeyUse(account, key, _fingerprint(request) if key else "")


def _fingerprint(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True, cls=JSONEncoder)
    return hashlib.sha256(f"{request.method} {request.path}\n{body}".encode()).hexdigest()
