"""Which job runs next: a pure function of the waiting jobs, the running jobs and the capacity of the executor.

Jobs are ordered by priority, to which waiting adds, so that no job waits for ever. A job that does not fit does not
block a smaller one behind it, unless it has waited so long that capacity is kept free for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from training.contract.executor import Resources

AGEING = timedelta(minutes=10)  # the waiting time that adds one point of priority
KEEP_ROOM_AFTER = timedelta(hours=1)  # otherwise a steady flow of small jobs would starve a large one


@dataclass(frozen=True, slots=True)
class WaitingJob:
    """A job that waits. `usual_length` is the usual duration of such a job; None if it is unknown."""

    id: UUID
    account: int
    priority: int
    created_at: datetime
    resources: Resources
    not_before: datetime | None = None
    usual_length: timedelta | None = None


@dataclass(frozen=True, slots=True)
class RunningJob:
    """A job that occupies capacity. `ends_at` is its expected end; None if it is unknown."""

    id: UUID
    account: int
    resources: Resources
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Capacity:
    """How much an executor may run at once."""

    resources: Resources
    max_jobs: int
    max_jobs_per_account: int
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """The decision on one waiting job.

    `reason` is empty when the job starts now; otherwise it says why it waits, and `expected_at` estimates its start.
    """

    id: UUID
    reason: str = ""
    expected_at: datetime | None = None


@dataclass(slots=True)
class _Free:
    room: Capacity
    cpus: int = 0
    memory_mib: int = 0
    gpus: int = 0
    jobs: int = 0
    by_account: Counter[int] = field(default_factory=Counter)

    def take(self, account: int, needs: Resources, sign: int = 1) -> None:
        self.cpus += sign * needs.cpus
        self.memory_mib += sign * needs.memory_mib
        self.gpus += sign * needs.gpus
        self.jobs += sign
        self.by_account[account] += sign

    def lacks(self, account: int, needs: Resources) -> str:
        """Return why a job does not fit now; empty when it fits."""
        total_resources = self.room.resources
        if self.jobs >= self.room.max_jobs:
            return f"{self.jobs} of {self.room.max_jobs} jobs are running"
        if self.by_account[account] >= self.room.max_jobs_per_account:
            return f"this account has {self.by_account[account]} of its {self.room.max_jobs_per_account} jobs running"
        for name, needed, used, total in (
            ("CPUs", needs.cpus, self.cpus, total_resources.cpus),
            ("MiB of memory", needs.memory_mib, self.memory_mib, total_resources.memory_mib),
            ("GPUs", needs.gpus, self.gpus, total_resources.gpus),
        ):
            if needed > total - used:
                return f"the job needs {needed:,} {name} and {max(0, total - used):,} are free"
        return ""


def plan(
    waiting: Sequence[WaitingJob], running: Sequence[RunningJob], room: Capacity, now: datetime
) -> tuple[Placement, ...]:
    """Return a placement for each waiting job, the most urgent first."""
    free = _Free(room)
    for active in running:
        free.take(active.account, active.resources)
    ordered = sorted(waiting, key=lambda job: (-urgency(job, now), job.created_at, job.id))
    timeline = _Timeline([_Stay(now, active.ends_at, active.account, active.resources) for active in running])
    reasons = []
    blocked = ""
    for job in ordered:
        because = blocked or _because(job, free, room, now)
        reasons.append(because)
        if not because:
            free.take(job.account, job.resources)
            timeline.add(job, now)
        elif now - job.created_at > KEEP_ROOM_AFTER and not blocked and _could_ever(job, room) and _is_due(job, now):
            blocked = "capacity is kept free for a job that has waited over an hour"
    return tuple(
        Placement(job.id, because, _expected(job, timeline, room, now) if because else None)
        for job, because in zip(ordered, reasons, strict=True)
    )


def urgency(job: WaitingJob, now: datetime) -> float:
    """Return the priority of a job plus one point for every ten minutes that it has waited."""
    return job.priority + max(timedelta(), now - job.created_at) / AGEING


def _because(job: WaitingJob, free: _Free, room: Capacity, now: datetime) -> str:
    if room.is_paused:
        return "the executor is paused"
    if not _is_due(job, now):
        return "it is retried after a pause"
    if not _could_ever(job, room):
        return "it needs more than this executor has; request less, or raise the executor's limits"
    return free.lacks(job.account, job.resources)


def _is_due(job: WaitingJob, now: datetime) -> bool:
    return job.not_before is None or job.not_before <= now


def _could_ever(job: WaitingJob, room: Capacity) -> bool:
    needs, total = job.resources, room.resources
    return needs.cpus <= total.cpus and needs.memory_mib <= total.memory_mib and needs.gpus <= total.gpus


def _expected(job: WaitingJob, timeline: _Timeline, room: Capacity, now: datetime) -> datetime | None:
    """Estimate when the job can start, given the expected durations of the jobs ahead of it.

    Returns None when that is unknown.
    """
    if room.is_paused or not _could_ever(job, room):
        return None
    start = timeline.first_room(job, room, max(now, job.not_before or now))
    if start is not None:
        timeline.add(job, start)
    return start


@dataclass(frozen=True, slots=True)
class _Stay:
    """A job that occupies capacity from `start` to `end`; `end` is None if it is unknown."""

    start: datetime
    end: datetime | None
    account: int
    resources: Resources

    def covers(self, moment: datetime) -> bool:
        return self.start <= moment and (self.end is None or moment < self.end)


@dataclass(slots=True)
class _Timeline:
    stays: list[_Stay]

    def add(self, job: WaitingJob, start: datetime) -> None:
        end = None if job.usual_length is None else start + job.usual_length
        self.stays.append(_Stay(start, end, job.account, job.resources))

    def first_room(self, job: WaitingJob, room: Capacity, earliest: datetime) -> datetime | None:
        """Return the earliest moment at which the job fits. Capacity is freed only when a stay ends."""
        ends = sorted({stay.end for stay in self.stays if stay.end is not None and stay.end > earliest})
        return next((moment for moment in (earliest, *ends) if not self._lacks(job, room, moment)), None)

    def _lacks(self, job: WaitingJob, room: Capacity, moment: datetime) -> str:
        free = _Free(room)
        for stay in self.stays:
            if stay.covers(moment):
                free.take(stay.account, stay.resources)
        return free.lacks(job.account, job.resources)
