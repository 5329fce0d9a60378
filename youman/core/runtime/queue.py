"""Enqueue tasks. Rows are the truth: a lost message only delays work until the sweep enqueues it again."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from typing import cast

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from youman.core.runtime import redis

logger = logging.getLogger(__name__)
_SUBJECT = "youman-subject"  # the header with a message's first argument: which row it is about
_PAGE = 1_000  # messages of about a kilobyte that are read from the broker at once


def enqueue_on_commit(task: str, *args: str | int) -> None:
    """Enqueue the task with primitive arguments when the current transaction commits.

    Raises nothing if the broker is unavailable: the row exists, and the sweep will find it.
    """
    transaction.on_commit(lambda: enqueue_now(task, *args))


def enqueue_now(task: str, *args: str | int) -> bool:
    """Enqueue the task at once; return False if the broker is unavailable."""
    headers = {_SUBJECT: str(args[0])} if args else {}
    try:
        redis.client().ping()  # remembers a silent server; the broker's own client would wait for it each time
        current_app.send_task(task, args=args, retry=False, headers=headers)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("task not enqueued: broker unavailable", extra={"task": task, "reason": type(error).__name__})
        return False
    return True


def enqueue_missing(task: str, rows: Iterable[str], still_waits: Callable[[str], bool]) -> int:
    """Enqueue the task for those of the rows that no message in its queue is about; return the number of messages.

    `still_waits` is asked right before, and notes when the row was enqueued. A message that a worker has taken counts
    as missing: with the row unclaimed for so long, the worker is dead. Does nothing if the broker is unavailable.
    """
    wanted = list(rows)
    if not wanted:
        return 0
    try:
        there = _subjects(task)
    except RedisError as error:
        logger.warning("queue not read: broker unavailable", extra={"task": task, "reason": type(error).__name__})
        return 0
    return sum(row not in there and still_waits(row) and enqueue_now(task, row) for row in wanted)


def depth(queue: str) -> int:
    """Return the number of messages that wait in a queue of the broker. Raises RedisError."""
    return redis.client().llen(queue)


def _subjects(task: str) -> set[str]:
    """Return the rows that messages of this task in its queue are about. Raises RedisError.

    Messages enter at the front, where reading begins, and leave at the end, so that no page skips one.
    """
    route = current_app.conf.task_routes.get(task, {})
    queue = route.get("queue", current_app.conf.task_default_queue)
    found: set[str] = set()
    start = 0
    while page := cast("list[bytes]", redis.client().lrange(queue, start, start + _PAGE - 1)):
        headers = (json.loads(message)["headers"] for message in page)
        found.update(one[_SUBJECT] for one in headers if one.get("task") == task and _SUBJECT in one)
        start += len(page)
    return found
