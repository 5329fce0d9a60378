"""Celery tasks, each of which calls one function. The rows decide what is to be done, not the messages."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from humanize.deferred import dispatch
from humanize.generation import cache, settlement
from humanize.transformations import worker


@shared_task(name="humanize.rewrite")
def rewrite(transformation_id: str) -> None:
    worker.run(UUID(transformation_id))


@shared_task(name="humanize.sweep")
def sweep() -> None:
    worker.sweep()


@shared_task(name="humanize.reap")
def reap() -> None:
    worker.reap()


@shared_task(name="humanize.prune")
def prune() -> None:
    cache.prune()


@shared_task(name="humanize.vendor_batches")
def vendor_batches() -> None:
    dispatch.advance_batches()


@shared_task(name="humanize.settle")
def settle() -> None:
    settlement.settle_late()
