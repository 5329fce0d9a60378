"""Slows down the guessing of passwords: counts failures in Redis by user name and IP address.

If Redis is unavailable, nobody is refused.
"""

from __future__ import annotations

import hashlib
import logging

from django.http import HttpRequest
from redis.exceptions import RedisError

from youman.core.runtime import redis

logger = logging.getLogger(__name__)
# People who mistype never reach this; trying 10,000 passwords takes three and a half days for each name and address.
MOST_FAILURES = 10
PAUSE_S = 300


def is_paused(request: HttpRequest, action: str = "login") -> bool:
    """Return whether this user name and IP address must wait after too many failures."""
    try:
        found = redis.client().get(_key(request, action))
    except RedisError as error:
        logger.warning("throttle not checked", extra={"reason": type(error).__name__})
        return False
    return int(found or 0) >= MOST_FAILURES


def note_failure(request: HttpRequest, action: str = "login") -> None:
    """Count a failure for this user name and IP address; counts expire after five minutes without one."""
    try:
        with redis.client().pipeline() as pipe:
            pipe.incr(_key(request, action))
            pipe.expire(_key(request, action), PAUSE_S)
            pipe.execute()
    except RedisError as error:
        logger.warning("throttle not counted", extra={"reason": type(error).__name__})


def _key(request: HttpRequest, what: str) -> str:
    who = f"{request.META.get('REMOTE_ADDR', '')} {request.POST.get('username', '').lower()}"
    return f"throttle:{what}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
