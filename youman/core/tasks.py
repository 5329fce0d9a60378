"""Leaves: what beat asks of the kernel."""

from __future__ import annotations

from celery import shared_task

from youman.core.accounts import stored_answers


@shared_task(name="core.prune")
def prune() -> None:
    stored_answers.prune_answers()
