"""Leaves: fetch nothing, call one thing. What is at work is decided by the rows, not by these messages."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from humanize import cache, handing, running, settling


@shared_task(name="humanize.rewrite")
def rewrite(transformation_id: str) -> None:
    running.run(UUID(transformation_id))


@shared_task(name="humanize.sweep")
def sweep() -> None:
    running.sweep()


@shared_task(name="humanize.reap")
def reap() -> None:
    running.reap()


@shared_task(name="humanize.prune")
def prune() -> None:
    cache.prune()


@shared_task(name="humanize.vendor_batches")
def vendor_batches() -> None:
    handing.attend()


@shared_task(name="humanize.settle")
def settle() -> None:
    settling.settle_late()
