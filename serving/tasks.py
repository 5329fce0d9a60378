"""Leaves: what beat asks of serving."""

from __future__ import annotations

from celery import shared_task

from serving import budgets, drifting, ramping


@shared_task(name="serving.sweep")
def sweep() -> None:
    budgets.sweep()


@shared_task(name="serving.ramp")
def ramp() -> None:
    ramping.ramp()


@shared_task(name="serving.drift")
def drift() -> None:
    drifting.report()
