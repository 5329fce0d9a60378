"""Enqueue tasks. Rows are the truth: a lost message only delays work until the sweep enqueues it again."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def enqueue_on_commit(task: str, *args: str | int) -> None:
    """Enqueue the task with primitive arguments when the current transaction commits.

    Raises nothing if the broker is unavailable: the row exists, and the sweep will find it.
    """
    transaction.on_commit(lambda: enqueue_now(task, *args))


def enqueue_now(task: str, *args: str | int) -> bool:
    """Enqueue the task at once; return False if the broker is unavailable."""
    try:
        current_app.send_task(task, args=args, retry=False)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("task not enqueued: broker unavailable", extra={"task": task, "reason": type(error).__name__})
        return False
    return True
