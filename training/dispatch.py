"""Places waiting jobs: reads the rows, asks `scheduling.plan`, writes what it says, rings the trainers.

The executor's row is locked meanwhile, so that two schedulers at once never give the same room away twice.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from training.contracts import Resources
from training.events import note
from training.executors.making import NAMES
from training.models import ExecutorPool, TrainingJob
from training.scheduling import Placement, Room, Running, Waiting, plan
from training.states import EDGES, JobState
from youman.core import queue
from youman.core.states import try_transition

RUN_TASK = "training.run"
RING_AGAIN_AFTER = timedelta(seconds=30)
_MOST_WAITING = 500


def schedule(now: datetime | None = None) -> int:
    """Start what fits; every other waiting job learns why it waits. Returns how many were started."""
    return sum(_schedule(name, now or timezone.now()) for name in NAMES)


@transaction.atomic
def _schedule(name: str, now: datetime) -> int:
    waiting = TrainingJob.objects.filter(executor=name, state=JobState.PENDING)
    if not waiting.exists():
        return 0
    pool = pool_of(name)
    # FOR UPDATE on PostgreSQL; on SQLite this transaction is the only writer.
    ExecutorPool.objects.select_for_update().get(pk=pool.pk)
    jobs = {job.pk: job for job in waiting.order_by("created_at")[:_MOST_WAITING]}
    busy = TrainingJob.objects.filter(executor=name, state__in=(JobState.QUEUED, JobState.RUNNING))
    placements = plan([_waiting(job) for job in jobs.values()], [_running(job) for job in busy], _room(pool), now)
    return sum(_place(jobs[one.id], one, now) for one in placements)


def pool_of(name: str) -> ExecutorPool:
    """The executor's limits, made from this machine on first use; staff change them in the admin."""
    defaults = {
        "cpus": os.cpu_count() or 1,
        "memory_mib": _memory_mib(),
        "max_jobs": settings.TRAINER_CONCURRENCY,
        "max_jobs_per_account": settings.TRAINER_CONCURRENCY,
    }
    return ExecutorPool.objects.get_or_create(name=name, defaults=defaults)[0]


def ring_again(now: datetime | None = None) -> int:
    """For queued jobs that no supervisor has picked up: the broker was away, or lost the message."""
    moment = now or timezone.now()
    lost = TrainingJob.objects.filter(state=JobState.QUEUED, rung_at__lt=moment - RING_AGAIN_AFTER)
    rung = 0
    for pk in lost.values_list("pk", flat=True)[:_MOST_WAITING]:
        if TrainingJob.objects.filter(pk=pk, state=JobState.QUEUED).update(rung_at=moment):
            rung += queue.ring_now(RUN_TASK, str(pk))
    return rung


def _place(job: TrainingJob, placement: Placement, now: datetime) -> int:
    mine = TrainingJob.objects.filter(pk=job.pk)
    if placement.because:
        changed = (placement.because, placement.expected_at) != (job.waits_because, job.expected_at)
        if changed:
            mine.update(waits_because=placement.because[:200], expected_at=placement.expected_at)
        return 0
    cleared = {"waits_because": "", "expected_at": None, "not_before": None, "rung_at": now}
    if not try_transition(mine, edges=EDGES, to=JobState.QUEUED, **cleared):
        return 0
    note(job, "queued", "Handed to a trainer")
    queue.ring(RUN_TASK, str(job.pk))
    return 1


def _waiting(job: TrainingJob) -> Waiting:
    return Waiting(job.pk, job.requested_by_id, job.priority, job.created_at, resources_of(job), job.not_before)


def _running(job: TrainingJob) -> Running:
    ends_at = None
    if job.eta_high_s is not None and job.heartbeat_at is not None:
        ends_at = job.heartbeat_at + timedelta(seconds=job.eta_high_s)
    return Running(job.pk, job.requested_by_id, resources_of(job), ends_at)


def resources_of(job: TrainingJob) -> Resources:
    return Resources(job.cpus, job.memory_mib, job.gpus)


def _room(pool: ExecutorPool) -> Room:
    total = Resources(pool.cpus, pool.memory_mib, pool.gpus)
    return Room(total, pool.max_jobs, pool.max_jobs_per_account, pool.is_paused)


def _memory_mib() -> int:
    """Three quarters of the machine's memory."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4 // (1024 * 1024)
    except (ValueError, OSError):
        return 4_096
