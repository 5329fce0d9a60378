"""`Idempotency-Key`: the same request sent twice is done once, whatever dies in between.

The key's record and the row that the request makes are stored in one transaction. An error has therefore changed
nothing and leaves the key free, and a repeated request is answered from the row as it is now. 409 with Retry-After
while the first is storing its row, 410 when the row was deleted since, 422 when the key comes with another request.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import transaction
from django.db.models import Model
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from youman.core.accounts.idempotency_keys import KeyTaken, KeyUse
from youman.core.errors import AnswerGone, InvalidInput, NotFound, RequestInFlight
from youman.core.models import Account, IdempotencyRecord

T = TypeVar("T")
M = TypeVar("M", bound=Model)
MAX_KEY_LENGTH = 255
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER,
    description="Sent again within 24 hours with the same body, the request is answered from what the first one made",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deed(Generic[T]):
    """What an address makes. `find` gets it again by its primary key and raises NotFound; `answer` shows it.

    `make` checks what it is given, then stores it in a transaction of its own in which it calls `claim` of the key's
    use; whatever it raises, it has stored nothing.
    """

    make: Callable[[KeyUse], T]
    find: Callable[[str], T]
    answer: Callable[[T], Response]


def run_once(request: Request, account: Account, *, make: Callable[[], M], find: Callable[[str], M],
             answer: Callable[[M], Response]) -> Response:  # fmt: skip
    """Run `make` and record the request's Idempotency-Key in one transaction, or answer from what an earlier one made.

    Without a key it is run in a transaction all the same: what answers an error has changed nothing.
    """

    def make_and_claim(use: KeyUse) -> M:
        with transaction.atomic():
            use.claim()
            made = make()
            use.refer_to(made)
        return made

    return do_once(request, account, Deed(make_and_claim, find, answer))


def do_once(request: Request, account: Account, deed: Deed[T]) -> Response:
    """As `run_once`, for a deed with a transaction of its own and work before or after it."""
    use = _key_use(request, account)
    record = use.earlier()
    if record is not None:
        return _repeated(record, deed)
    try:
        made = deed.make(use)
    except KeyTaken:
        record = use.earlier()
        if record is None:
            raise RequestInFlight("Another request with this Idempotency-Key has just ended; send it again") from None
        return _repeated(record, deed)
    return deed.answer(made)


def _repeated(record: IdempotencyRecord, deed: Deed[T]) -> Response:
    try:
        made = deed.find(record.made_id)
    except NotFound:
        raise AnswerGone("What this Idempotency-Key made was deleted since; use a new key to make it again") from None
    response = deed.answer(made)
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
