"""Leaves: what is at work is decided by the rows, not by these messages."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from registry import pruning, uploading, verifying, webhooks


@shared_task(name="registry.assemble")
def assemble(upload_id: str) -> None:
    uploading.assemble(UUID(upload_id))


@shared_task(name="registry.deliver")
def deliver(delivery_id: str) -> None:
    webhooks.deliver(UUID(delivery_id))


@shared_task(name="registry.sweep")
def sweep() -> None:
    uploading.sweep()
    webhooks.sweep()


@shared_task(name="registry.reap")
def reap() -> None:
    uploading.reap()


@shared_task(name="registry.scrub")
def scrub() -> None:
    verifying.scrub()


@shared_task(name="registry.collect")
def collect() -> None:
    pruning.collect(actor="collector")
