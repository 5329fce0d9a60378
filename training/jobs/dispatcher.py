"""Places waiting jobs: reads the rows, calls `scheduler.plan`, writes the placements and enqueues what starts.

The executor's row is locked while it does so, so that two schedulers at once never assign the same capacity twice.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median_high

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from training.contract.executor import Resources
from training.executors.factory import executor_names
from training.jobs.scheduler import Capacity, Placement, RunningJob, WaitingJob, plan
from training.models import ExecutorPool, TrainingJob
from training.models.series import record_event
from training.states import EDGES, JobState
from youman.core.runtime import queue
from youman.core.states import try_transition

RUN_TASK = "training.run"
# A busy queue can take longer than this; then the second message finds the row claimed and ends.
ENQUEUE_AGAIN_AFTER = timedelta(seconds=30)
_MOST_WAITING = 500  # jobs per plan; those further back in the queue could not start anyway
_LATEST = 15  # completed jobs of a trainer from which the duration of the next is estimated


def schedule(now: datetime | None = None) -> int:
    """Start the jobs that fit and note for the others why they wait. Return how many were started."""
    return sum(_schedule(name, now or timezone.now()) for name in executor_names())


@transaction.atomic
def _schedule(name: str, now: datetime) -> int:
    waiting = TrainingJob.objects.filter(executor=name, state=JobState.PENDING)
    if not waiting.exists():
        return 0
    pool = pool_of(name)
    # Two schedulers at once would assign one place to two jobs. On SQLite this transaction is the only writer.
    ExecutorPool.objects.select_for_update().get(pk=pool.pk)
    jobs = {job.pk: job for job in waiting.order_by("created_at")[:_MOST_WAITING]}
    busy = TrainingJob.objects.filter(executor=name, state__in=(JobState.QUEUED, JobState.RUNNING))
    usual = _usual_lengths({job.trainer for job in (*jobs.values(), *busy)})
    placements = plan(
        [_waiting(job, usual) for job in jobs.values()], [_running(job, usual) for job in busy], _room(pool), now
    )
    return sum(_place(jobs[placement.id], placement, now) for placement in placements)


def pool_of(name: str) -> ExecutorPool:
    """Return the executor's limits. They are taken from this machine on first use; staff change them in the admin."""
    defaults = {
        "cpus": os.cpu_count() or 1,
        "memory_mib": _memory_mib(),
        "max_jobs": settings.TRAINER_CONCURRENCY,
        "max_jobs_per_account": settings.TRAINER_CONCURRENCY,
    }
    return ExecutorPool.objects.get_or_create(name=name, defaults=defaults)[0]


def enqueue_again(now: datetime | None = None) -> int:
    """Enqueue queued jobs again that no supervisor has claimed: the broker was unavailable or lost the message.

    Returns how many were enqueued.
    """
    moment = now or timezone.now()
    lost = TrainingJob.objects.filter(state=JobState.QUEUED, enqueued_at__lt=moment - ENQUEUE_AGAIN_AFTER)

    def still_waits(pk: str) -> bool:
        return bool(TrainingJob.objects.filter(pk=pk, state=JobState.QUEUED).update(enqueued_at=moment))

    rows = [str(pk) for pk in lost.values_list("pk", flat=True)[:_MOST_WAITING]]
    return queue.enqueue_missing(RUN_TASK, rows, still_waits)


def _place(job: TrainingJob, placement: Placement, now: datetime) -> int:
    row = TrainingJob.objects.filter(pk=job.pk)
    if placement.reason:
        changed = (placement.reason, placement.expected_at) != (job.waits_because, job.expected_at)
        if changed:
            row.update(waits_because=placement.reason[:200], expected_at=placement.expected_at)
        return 0
    changes = {"waits_because": "", "expected_at": None, "not_before": None, "enqueued_at": now}
    if not try_transition(row, edges=EDGES, to=JobState.QUEUED, **changes):
        return 0
    record_event(job, "queued", "Waiting for a worker to start it")
    queue.enqueue_on_commit(RUN_TASK, str(job.pk))
    return 1


def _usual_lengths(trainers: set[str]) -> dict[str, timedelta]:
    """Return for each trainer the median duration of its latest completed jobs."""
    lengths = {}
    for name in trainers:
        done = TrainingJob.objects.filter(trainer=name, state=JobState.COMPLETED, started_at__isnull=False)
        times = done.order_by("-finished_at").values_list("finished_at", "started_at")[:_LATEST]
        spent = [finished - started for finished, started in times if finished and started]
        if spent:
            lengths[name] = median_high(spent)
    return lengths


def _waiting(job: TrainingJob, usual: Mapping[str, timedelta]) -> WaitingJob:
    length = usual.get(job.trainer)
    return WaitingJob(
        job.pk, job.requested_by_id, job.priority, job.created_at, resources_of(job), job.not_before, length
    )


def _running(job: TrainingJob, usual: Mapping[str, timedelta]) -> RunningJob:
    """Return the job with its expected end: its own estimate or, before it has one, the usual duration."""
    ends_at = None
    if job.eta_high_s is not None and job.heartbeat_at is not None:
        ends_at = job.heartbeat_at + timedelta(seconds=job.eta_high_s)
    elif job.trainer in usual:
        ends_at = (job.started_at or job.enqueued_at or job.created_at) + usual[job.trainer]
    return RunningJob(job.pk, job.requested_by_id, resources_of(job), ends_at)


def resources_of(job: TrainingJob) -> Resources:
    return Resources(job.cpus, job.memory_mib, job.gpus)


def _room(pool: ExecutorPool) -> Capacity:
    total = Resources(pool.cpus, pool.memory_mib, pool.gpus)
    return Capacity(total, pool.max_jobs, pool.max_jobs_per_account, pool.is_paused)


def _memory_mib() -> int:
    """Return three quarters of the machine's memory, in MiB."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4 // (1024 * 1024)
    except (ValueError, OSError):
        return 4_096
