"""How attempts end: completed, cancelled, tried again or failed, by the class of the failure. Every write is fenced."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from training import events
from training.contract.executor import EXIT_DISK_FULL, EXIT_OUT_OF_MEMORY, EXIT_STOPPED, EXIT_USER_ERROR, Observation
from training.jobs import dispatcher
from training.jobs.inputs import release_base
from training.models import TrainingJob
from training.models.series import record_event
from training.states import EDGES, FailureClass, JobState, Stage
from youman.core.events.outbox import announce
from youman.core.states import try_transition

# How often a job is tried again by itself; None: always, as long as it gets further in between.
RETRY_BUDGET: dict[str, int | None] = {
    FailureClass.USER_ERROR: 0,
    FailureClass.OUT_OF_MEMORY: 0,
    FailureClass.TRAINER_ERROR: 1,
    FailureClass.WORKER_LOST: None,
    FailureClass.KILLED: None,
    FailureClass.STALLED: 1,
    FailureClass.DIVERGED: 0,
    FailureClass.DISK_FULL: 3,
    FailureClass.DEADLINE: 0,
    FailureClass.INTERNAL: 1,
}
# A disk is emptied by people or sweeps; a fault of the trainer's is most often passing.
RETRY_PAUSE = {FailureClass.DISK_FULL: timedelta(seconds=60), FailureClass.TRAINER_ERROR: timedelta(seconds=2)}
MOST_LOST = 5  # in a row without a new checkpoint: then something about the job itself kills its workers
_CLEARED = {"stage": Stage.NONE, "eta_low_s": None, "eta_high_s": None, "warning": ""}


def claimed_rows(job: TrainingJob) -> QuerySet[TrainingJob]:
    """The row, as long as this attempt still holds it."""
    return TrainingJob.objects.filter(pk=job.pk, attempt=job.attempt, state=JobState.RUNNING)


def classify(observation: Observation) -> FailureClass:
    """What kind of failure an executor's observation is."""
    if observation.is_lost or observation.exit_status == EXIT_STOPPED:
        return FailureClass.WORKER_LOST
    if observation.exit_status == EXIT_USER_ERROR:
        return FailureClass.USER_ERROR
    if observation.exit_status == EXIT_OUT_OF_MEMORY:
        return FailureClass.OUT_OF_MEMORY
    if observation.exit_status == EXIT_DISK_FULL or "No space left on device" in observation.detail:
        return FailureClass.DISK_FULL
    if observation.exit_status is not None and (observation.exit_status < 0 or observation.exit_status > 128):
        return FailureClass.KILLED
    return FailureClass.TRAINER_ERROR


@transaction.atomic
def end_as_cancelled(job: TrainingJob) -> bool:
    moved = try_transition(
        claimed_rows(job), edges=EDGES, to=JobState.CANCELLED, finished_at=timezone.now(), **_CLEARED
    )  # fmt: skip
    if moved:
        record_event(job, "cancelled", "Stopped; the checkpoint is kept, retry goes on from there")
        release_base(job)
        transaction.on_commit(dispatcher.schedule)
    return moved


@transaction.atomic
def end_as_failed(
    job: TrainingJob, failure: FailureClass, detail: str, rows: QuerySet[TrainingJob] | None = None
) -> bool:
    """Try again or give up; `rows` narrows what the reaper writes to. False when the job was lost meanwhile."""
    target = claimed_rows(job) if rows is None else rows
    current = target.values_list("retries", "lost", "checkpoint_step", "cancel_requested_at").first()
    if current is None:
        return False
    retries, lost, checkpoint, cancel = current
    if cancel is not None and failure in {FailureClass.WORKER_LOST, FailureClass.KILLED}:
        return _end(job, target, JobState.CANCELLED, "cancelled", "Stopped, as was asked")
    lost = (
        lost + 1
        if RETRY_BUDGET[failure] is None and checkpoint == retries.get("lost_at")
        else int(RETRY_BUDGET[failure] is None)
    )
    tried = int(retries.get(failure, 0))
    budget = MOST_LOST if RETRY_BUDGET[failure] is None else RETRY_BUDGET[failure] or 0
    if (lost if RETRY_BUDGET[failure] is None else tried) >= budget:
        return _give_up(job, target, failure, detail)
    changes = {"retries": retries | {str(failure): tried + 1, "lost_at": checkpoint}, "lost": lost}
    return _again(job, target, failure, detail, changes)


def _again(
    job: TrainingJob, target: QuerySet[TrainingJob], failure: FailureClass, detail: str, changes: dict[str, object]
) -> bool:
    pause = RETRY_PAUSE.get(failure)
    not_before: datetime | None = timezone.now() + pause if pause else None
    waits = {"not_before": not_before, "waits_because": f"tried again: {detail}"[:200]}
    moved = try_transition(target, edges=EDGES, to=JobState.PENDING, **_CLEARED, **changes, **waits)
    if moved:
        record_event(job, "retrying", f"{FailureClass(failure).label}: {detail}. It is tried again")
        transaction.on_commit(dispatcher.schedule)
    return moved


def _give_up(job: TrainingJob, target: QuerySet[TrainingJob], failure: FailureClass, detail: str) -> bool:
    moved = _end(
        job, target, JobState.FAILED, "failed", f"{FailureClass(failure).label}: {detail}",
        failure=failure, failure_detail=detail,
    )  # fmt: skip
    if moved:
        # The class and not the detail, which may quote what a trainer printed.
        announce(events.TrainingJobFailed(job.pk, job.trainer, job.model_name, job.attempt, failure.value))
    return moved


def _end(
    job: TrainingJob, target: QuerySet[TrainingJob], to: JobState, kind: str, message: str, **changes: object
) -> bool:
    moved = try_transition(target, edges=EDGES, to=to, finished_at=timezone.now(), **_CLEARED, **changes)
    if moved:
        record_event(job, kind, message)
        release_base(job)
        transaction.on_commit(dispatcher.schedule)
    return moved
