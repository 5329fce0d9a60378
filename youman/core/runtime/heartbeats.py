"""Signs of life of workers, trainers and beat, in Redis: who is there, which queues it serves, when it was last seen.

A worker that cannot reach Redis gets no work, so its silence is the truth, and the rows say what waits.
"""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from celery import bootsteps
from django.conf import settings
from redis.exceptions import RedisError

from youman.core.runtime import redis

EVERY_S = 5.0
SILENT_AFTER = timedelta(seconds=30)  # six signs missed
FORGOTTEN_AFTER = timedelta(days=1)
BEAT = "beat"  # named like a queue, since one process must serve it
_KEY = "youman:heartbeats"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The latest sign of life of a process; `queues` are those that it serves, or `beat`."""

    name: str
    queues: frozenset[str]
    seen_at: datetime


def send(queues: Iterable[str]) -> bool:
    """Note that this process is alive and serves these queues; return False if Redis is unavailable."""
    served = sorted(queues)
    name = f"{'+'.join(served)}@{socket.gethostname()}:{os.getpid()}"
    try:
        redis.client().hset(_KEY, name, json.dumps({"queues": served, "at": time.time()}))
    except RedisError:
        return False
    return True


def heartbeats() -> tuple[Heartbeat, ...]:
    """Return the processes of the last day, and forget older ones. Raises RedisError."""
    found: list[Heartbeat] = []
    oldest = datetime.now(UTC) - FORGOTTEN_AFTER
    for name, value in cast("dict[bytes, bytes]", redis.client().hgetall(_KEY)).items():
        content = json.loads(value)
        one = Heartbeat(name.decode(), frozenset(content["queues"]), datetime.fromtimestamp(content["at"], UTC))
        if one.seen_at < oldest:
            redis.client().hdel(_KEY, name)
        else:
            found.append(one)
    return tuple(found)


def expected() -> tuple[str, ...]:
    """Return the queues that tasks are sent to, and `beat`."""
    routed = {str(route["queue"]) for route in settings.CELERY_TASK_ROUTES.values()}
    return (*sorted(routed | {settings.CELERY_TASK_DEFAULT_QUEUE}), BEAT)


def last_seen() -> dict[str, datetime | None]:
    """Return for each expected queue when a process that serves it was last seen. Raises RedisError."""
    known = heartbeats()
    return {queue: max((one.seen_at for one in known if queue in one.queues), default=None) for queue in expected()}


class WorkerHeartbeat(bootsteps.StartStopStep):
    """Sends the heartbeat of a worker from the loop that receives its messages, so that it stops when that hangs."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: object, **options: object) -> None:
        self._timer: object = None
        super().__init__(consumer, **options)

    def start(self, consumer: object) -> None:
        queues = [queue.name for queue in consumer.task_consumer.queues]  # type: ignore[attr-defined]  # celery has no types
        send(queues)
        self._timer = consumer.timer.call_repeatedly(EVERY_S, send, (queues,))  # type: ignore[attr-defined]  # celery has no types

    def stop(self, consumer: object) -> None:
        if self._timer is not None:
            self._timer.cancel()  # type: ignore[attr-defined]  # celery has no types
            self._timer = None
