"""Celery tasks of serving, which beat starts."""

from __future__ import annotations

from celery import shared_task

from serving.deployments import canary_ramp
from serving.drift import reports
from serving.gateway import recovery


@shared_task(name="serving.sweep")
def sweep() -> None:
    recovery.sweep()


@shared_task(name="serving.ramp")
def ramp() -> None:
    canary_ramp.ramp_canaries()


@shared_task(name="serving.drift")
def drift() -> None:
    reports.report()
