"""Celery tasks of the kernel, started by beat and the outbox."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from youman.core.accounts import idempotency_keys
from youman.core.events import delivery


@shared_task(name="core.prune")
def prune() -> None:
    idempotency_keys.prune_keys()
    delivery.prune()


@shared_task(name="core.deliver")
def deliver(delivery_id: str) -> None:
    delivery.deliver(UUID(delivery_id))


@shared_task(name="core.sweep")
def sweep() -> None:
    delivery.sweep()
