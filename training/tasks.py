"""Leaves: fetch nothing, call one thing. What is at work is decided by the rows, not by these messages."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from training import collecting, counts, dispatch, reaper, retraining, supervisor, telemetry, withdrawing


# Acknowledged before it runs: the row is what survives, and a message that came back every minute would ring in vain.
@shared_task(name="training.run", acks_late=False)
def run(job_id: str) -> None:
    supervisor.supervise(UUID(job_id))


@shared_task(name="training.schedule")
def schedule() -> None:
    dispatch.schedule()
    dispatch.ring_again()


@shared_task(name="training.reap")
def reap() -> None:
    reaper.reap()
    dispatch.schedule()


@shared_task(name="training.collect")
def collect() -> None:
    withdrawing.withdraw_all()
    collecting.collect()


@shared_task(name="training.upkeep")
def upkeep() -> None:
    telemetry.prune()
    counts.recount()


@shared_task(name="training.retrain")
def retrain() -> None:
    retraining.answer_alerts()
