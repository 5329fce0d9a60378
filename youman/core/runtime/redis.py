"""The client of the Redis server that holds rate limits, breakers and budgets. Each process has its own."""

from __future__ import annotations

import os
from functools import lru_cache

import redis
from django.conf import settings


def client() -> redis.Redis:
    """Return the client of this process."""
    return _client(os.getpid())


@lru_cache(maxsize=2)
def _client(pid: int) -> redis.Redis:
    del pid  # only the key of the cache: a connection shared across a fork would mix the answers of two processes
    # Two seconds, since a request must not wait for guards that it can do without.
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
