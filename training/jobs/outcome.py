"""How attempts end: cancelled, retried or failed, depending on the class of the failure. Every write is fenced."""

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

# Number of automatic retries; None means no limit, as long as each attempt gets further than the one before.
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
# It takes people or sweeps some time to free disk space; an error of a trainer is usually temporary.
RETRY_PAUSE = {FailureClass.DISK_FULL: timedelta(seconds=60), FailureClass.TRAINER_ERROR: timedelta(seconds=2)}
MOST_LOST = 5  # consecutive attempts without a new checkpoint; after that many, the job itself kills its workers
_CLEARED = {"stage": Stage.NONE, "eta_low_s": None, "eta_high_s": None, "warning": ""}


def claimed_rows(job: TrainingJob) -> QuerySet[TrainingJob]:
    """Select the row of the job, but only while this attempt still holds it."""
    return TrainingJob.objects.filter(pk=job.pk, attempt=job.attempt, state=JobState.RUNNING)


def classify(observation: Observation) -> FailureClass:
    """Return the class of the failure that an executor observed."""
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
        record_event(job, "cancelled", "Stopped; the checkpoint is kept, and a retry continues from it")
        release_base(job)
        transaction.on_commit(dispatcher.schedule)
    return moved


@transaction.atomic
def end_as_failed(
    job: TrainingJob, failure: FailureClass, detail: str, rows: QuerySet[TrainingJob] | None = None
) -> bool:
    """Retry the job or let it fail. Returns False if another attempt has taken the job.

    `rows` is a narrower selection of the job's row, which the reaper passes.
    """
    target = claimed_rows(job) if rows is None else rows
    current = target.values_list("retries", "lost", "checkpoint_step", "cancel_requested_at").first()
    if current is None:
        return False
    retries, lost, checkpoint, cancel = current
    if cancel is not None and failure in {FailureClass.WORKER_LOST, FailureClass.KILLED}:
        return _end(job, target, JobState.CANCELLED, "cancelled", "Cancelled on request")
    budget, tried = RETRY_BUDGET[failure], int(retries.get(failure, 0))
    if budget is None:
        lost = lost + 1 if checkpoint == retries.get("lost_at") else 1
        is_spent = lost >= MOST_LOST
    else:
        lost, is_spent = 0, tried >= budget
    if is_spent:
        return _give_up(job, target, failure, detail)
    changes = {"retries": retries | {str(failure): tried + 1, "lost_at": checkpoint}, "lost": lost}
    return _retry(job, target, failure, detail, changes)


def _retry(
    job: TrainingJob, target: QuerySet[TrainingJob], failure: FailureClass, detail: str, changes: dict[str, object]
) -> bool:
    pause = RETRY_PAUSE.get(failure)
    not_before: datetime | None = timezone.now() + pause if pause else None
    waits = {"not_before": not_before, "waits_because": f"retried after a failure: {detail}"[:200]}
    moved = try_transition(target, edges=EDGES, to=JobState.PENDING, **_CLEARED, **changes, **waits)
    if moved:
        record_event(job, "retrying", f"{FailureClass(failure).label}: {detail}. The job will be tried again")
        transaction.on_commit(dispatcher.schedule)
    return moved


def _give_up(job: TrainingJob, target: QuerySet[TrainingJob], failure: FailureClass, detail: str) -> bool:
    moved = _end(
        job, target, JobState.FAILED, "failed", f"{FailureClass(failure).label}: {detail}",
        failure=failure, failure_detail=detail,
    )  # fmt: skip
    if moved:
        # The event names the class and not the detail, which may quote the trainer's output.
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
