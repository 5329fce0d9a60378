"""The client of the Redis server that holds rate limits, breakers and budgets. Each process has its own.

A request can do without these guards, so it must not wait for them: the client gives up after half a second, and then
refuses at once for some seconds, so that a server that accepts connections and never answers costs one short wait.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.client import Pipeline
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from redis.retry import Retry

PATIENCE_S = 0.5  # a server that rewrites its log pauses for less
AWAY_S = 5.0  # how long a server that did not answer is not asked again


class Circuit:
    """Remembers that the server did not answer. While it is open nobody waits; then one caller tries it for all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0  # 0 while the server answers

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Run one command. Raises redis.ConnectionError at once while the circuit is open."""
        self._enter()
        try:
            yield
        except (RedisConnectionError, RedisTimeoutError):
            self._until = time.monotonic() + AWAY_S
            raise
        self._until = 0.0

    def _enter(self) -> None:
        if not self._until:
            return
        with self._lock:
            now = time.monotonic()
            if now < self._until:
                raise RedisConnectionError("Redis did not answer a moment ago; it is asked again in a few seconds")
            self._until = now + 2 * PATIENCE_S  # this caller tries it, and the others go on without


class _Pipeline(Pipeline):
    circuit: Circuit

    def execute(self, raise_on_error: bool = True) -> list[Any]:
        with self.circuit.watch():
            return super().execute(raise_on_error)


class _Client(redis.Redis):
    def __init__(self, *args: Any, **options: Any) -> None:
        self.circuit = Circuit()
        super().__init__(*args, **options)

    def execute_command(self, *args: Any, **options: Any) -> Any:
        with self.circuit.watch():
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]  # redis-py's own

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        pipe = _Pipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)
        pipe.circuit = self.circuit
        return pipe


def client() -> redis.Redis:
    """Return the client of this process. Its commands raise redis.RedisError; none takes longer than a second."""
    return _client(os.getpid())


@lru_cache(maxsize=2)
def _client(pid: int) -> redis.Redis:
    del pid  # only the key of the cache: a connection shared across a fork would mix the answers of two processes
    # A connection that a restarted server has closed is replaced; a silent server is not asked twice.
    retry = Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,))
    return _Client.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S, retry=retry
    )
