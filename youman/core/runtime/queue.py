"""The doorbell. Rows are the truth: a lost message only delays work until the sweep rings again."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def enqueue_on_commit(task: str, *args: str | int) -> None:
    """Send the task's name and primitive arguments once the present transaction has committed.

    Never raises for a broker that is away: the row exists and the sweep finds it.
    """
    transaction.on_commit(lambda: enqueue_now(task, *args))


def enqueue_now(task: str, *args: str | int) -> bool:
    """Send at once; False when the broker is away."""
    try:
        current_app.send_task(task, args=args, retry=False)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("doorbell not heard", extra={"task": task, "reason": type(error).__name__})
        return False
    return True
