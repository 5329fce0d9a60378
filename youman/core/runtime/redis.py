"""The shared Redis-protocol server: rate limits now, breakers and budgets later. Made per process, after fork."""

from __future__ import annotations

import os
from functools import lru_cache

import redis
from django.conf import settings


def client() -> redis.Redis:
    return _client(os.getpid())


@lru_cache(maxsize=2)
def _client(pid: int) -> redis.Redis:
    del pid  # the key: a connection shared over a fork would mix two processes' answers
    # Two seconds: a request is not held up by guards that are away, since all of them can be done without.
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
