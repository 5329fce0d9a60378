"""Leaves: what beat asks of the kernel."""

from __future__ import annotations

from celery import shared_task

from youman.core.runtime import retention


@shared_task(name="core.prune")
def prune() -> None:
    retention.prune()
