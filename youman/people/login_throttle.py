"""Slows down guessing: counted in the shared server by user name and address. Without the server nobody is refused."""

from __future__ import annotations

import hashlib
import logging

from django.http import HttpRequest
from redis.exceptions import RedisError

from youman.core.runtime import redis

logger = logging.getLogger(__name__)
# Who mistypes never meets it; a list of ten thousand passwords takes three and a half days for each name and address.
MOST_FAILURES = 10
PAUSE_S = 300


def is_paused(request: HttpRequest, what: str = "login") -> bool:
    try:
        found = redis.client().get(_key(request, what))
    except RedisError as error:
        logger.warning("throttle not checked", extra={"reason": type(error).__name__})
        return False
    return int(found or 0) >= MOST_FAILURES


def note_failure(request: HttpRequest, what: str = "login") -> None:
    try:
        with redis.client().pipeline() as pipe:
            pipe.incr(_key(request, what))
            pipe.expire(_key(request, what), PAUSE_S)
            pipe.execute()
    except RedisError as error:
        logger.warning("throttle not counted", extra={"reason": type(error).__name__})


def _key(request: HttpRequest, what: str) -> str:
    who = f"{request.META.get('REMOTE_ADDR', '')} {request.POST.get('username', '').lower()}"
    return f"throttle:{what}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
