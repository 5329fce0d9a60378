"""The limit of requests per minute for each tier: a sliding window over two fixed ones, shared by all processes."""

from __future__ import annotations

import logging
import time

from redis.exceptions import RedisError

from youman.core.errors import RateLimited
from youman.core.models import Account
from youman.core.runtime import redis

logger = logging.getLogger(__name__)
_WINDOW_S = 60  # the limits of the tiers are in requests per minute


def check_rate(account: Account, *, now: float | None = None) -> None:
    """Count one request. Raises RateLimited above the tier's limit; if Redis is unavailable, no request is refused."""
    limit = account.limits.requests_per_minute
    if limit is None:
        return
    moment = time.time() if now is None else now
    window, spent = divmod(moment, _WINDOW_S)
    try:
        before, present = _count(account.pk, int(window))
    except RedisError as error:
        logger.warning("rate limit not checked", extra={"reason": type(error).__name__})
        return
    if before * (1 - spent / _WINDOW_S) + present > limit:
        wait = int(_WINDOW_S - spent) + 1
        raise RateLimited(
            f"Your tier allows {limit} requests per minute; wait {wait} seconds or ask for a higher tier",
            retry_after_s=wait,
        )


def _count(account_id: int, window: int) -> tuple[int, int]:
    key = f"rate:{account_id}:"
    with redis.client().pipeline() as pipe:
        pipe.get(f"{key}{window - 1}")
        pipe.incr(f"{key}{window}")
        pipe.expire(f"{key}{window}", 2 * _WINDOW_S)
        before, present, _ = pipe.execute()
    return int(before or 0), int(present)
