"""The Celery tasks of training. Each only calls one function; the rows decide what there is to do, not the messages."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from training.jobs import dispatcher, reaper, retraining, supervisor, telemetry
from training.pairs import collection, file_import, statistics, withdrawal


# Acknowledged before it runs: the row outlives a lost worker, so a message that the broker delivers again is useless.
@shared_task(name="training.run", acks_late=False)
def run(job_id: str) -> None:
    supervisor.supervise(UUID(job_id))


@shared_task(name="training.import")
def import_pairs(import_id: str) -> None:
    file_import.run_import(UUID(import_id))


@shared_task(name="training.schedule")
def schedule() -> None:
    dispatcher.schedule()
    dispatcher.enqueue_again()
    file_import.sweep()


@shared_task(name="training.reap")
def reap() -> None:
    reaper.reap()
    file_import.reap()
    dispatcher.schedule()


@shared_task(name="training.collect")
def collect() -> None:
    withdrawal.withdraw_all()
    collection.collect()


@shared_task(name="training.upkeep")
def upkeep() -> None:
    telemetry.prune()
    statistics.recount()


@shared_task(name="training.retrain")
def retrain() -> None:
    retraining.handle_alerts()
