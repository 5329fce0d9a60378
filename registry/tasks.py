"""Celery tasks of the registry. They only start work: the rows decide what a worker may process, not the messages."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from registry.artifacts import multipart, retention, verification


@shared_task(name="registry.assemble")
def assemble(upload_id: str) -> None:
    multipart.assemble(UUID(upload_id))


@shared_task(name="registry.sweep")
def sweep() -> None:
    multipart.sweep()


@shared_task(name="registry.reap")
def reap() -> None:
    multipart.reap()


@shared_task(name="registry.scrub")
def scrub() -> None:
    verification.scrub()


@shared_task(name="registry.collect")
def collect() -> None:
    retention.collect(actor="collector")
