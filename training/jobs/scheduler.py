"""Who runs next: a pure function of the waiting, the running and the room. The rows are read and written elsewhere.

Priority counts, and waiting adds to it, so that nothing waits for ever. A job that does not fit does not hold up a
smaller one behind it, unless it has waited so long that room is kept for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from training.contract.executor import Resources

AGEING = timedelta(minutes=10)  # a point of priority for each
KEEP_ROOM_AFTER = timedelta(hours=1)  # else small jobs that keep coming would starve a large one


@dataclass(frozen=True, slots=True)
class WaitingJob:
    """`lasts` is how long such a job usually takes; None where nobody can tell."""

    id: UUID
    account: int
    priority: int
    created_at: datetime
    resources: Resources
    not_before: datetime | None = None
    usual_length: timedelta | None = None


@dataclass(frozen=True, slots=True)
class RunningJob:
    """`ends_at` is None where nobody can tell."""

    id: UUID
    account: int
    resources: Resources
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Capacity:
    """What an executor may run at once."""

    resources: Resources
    max_jobs: int
    max_jobs_per_account: int
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """`because` is empty when the job starts now; else it says why it waits, and `expected_at` until about when."""

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
        """Why it does not fit now; empty when it does."""
        all_of_it = self.room.resources
        if self.jobs >= self.room.max_jobs:
            return f"{self.jobs} of {self.room.max_jobs} jobs are running"
        if self.by_account[account] >= self.room.max_jobs_per_account:
            return f"this account has {self.by_account[account]} of its {self.room.max_jobs_per_account} jobs running"
        for name, needed, used, total in (
            ("CPUs", needs.cpus, self.cpus, all_of_it.cpus),
            ("MiB of memory", needs.memory_mib, self.memory_mib, all_of_it.memory_mib),
            ("GPUs", needs.gpus, self.gpus, all_of_it.gpus),
        ):
            if needed > total - used:
                return f"it needs {needed:,} {name} and {max(0, total - used):,} are free"
        return ""


def plan(
    waiting: Sequence[WaitingJob], running: Sequence[RunningJob], room: Capacity, now: datetime
) -> tuple[Placement, ...]:
    """A placement for each waiting job, in the order in which they get their turn."""
    free = _Free(room)
    for one in running:
        free.take(one.account, one.resources)
    ordered = sorted(waiting, key=lambda job: (-urgency(job, now), job.created_at, job.id))
    timeline = _Timeline([_Stay(now, one.ends_at, one.account, one.resources) for one in running])
    reasons = []
    blocked = ""
    for job in ordered:
        because = blocked or _because(job, free, room, now)
        reasons.append(because)
        if not because:
            free.take(job.account, job.resources)
            timeline.add(job, now)
        elif now - job.created_at > KEEP_ROOM_AFTER and not blocked and _could_ever(job, room) and _is_due(job, now):
            blocked = "room is kept for a job that has waited over an hour"
    return tuple(
        Placement(job.id, because, _expected(job, timeline, room, now) if because else None)
        for job, because in zip(ordered, reasons, strict=True)
    )


def urgency(job: WaitingJob, now: datetime) -> float:
    return job.priority + max(timedelta(), now - job.created_at) / AGEING


def _because(job: WaitingJob, free: _Free, room: Capacity, now: datetime) -> str:
    if room.is_paused:
        return "the executor is paused"
    if not _is_due(job, now):
        return "it is tried again after a pause"
    if not _could_ever(job, room):
        return "it asks for more than this executor has; ask for less, or raise the executor's limits"
    return free.lacks(job.account, job.resources)


def _is_due(job: WaitingJob, now: datetime) -> bool:
    return job.not_before is None or job.not_before <= now


def _could_ever(job: WaitingJob, room: Capacity) -> bool:
    needs, total = job.resources, room.resources
    return needs.cpus <= total.cpus and needs.memory_mib <= total.memory_mib and needs.gpus <= total.gpus


def _expected(job: WaitingJob, timeline: _Timeline, room: Capacity, now: datetime) -> datetime | None:
    """When those that run, and those that wait ahead of it, will have made room, if each lasts as long as is thought.

    None where that cannot be told.
    """
    if room.is_paused or not _could_ever(job, room):
        return None
    start = timeline.first_room(job, room, max(now, job.not_before or now))
    if start is not None:
        timeline.add(job, start)
    return start


@dataclass(frozen=True, slots=True)
class _Stay:
    """What holds room from `start` until `end`; None: nobody knows how long."""

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
        """Room is made only when a stay ends: those moments are looked at, soonest first."""
        ends = sorted({stay.end for stay in self.stays if stay.end is not None and stay.end > earliest})
        return next((moment for moment in (earliest, *ends) if not self._lacks(job, room, moment)), None)

    def _lacks(self, job: WaitingJob, room: Capacity, moment: datetime) -> str:
        free = _Free(room)
        for stay in self.stays:
            if stay.covers(moment):
                free.take(stay.account, stay.resources)
        return free.lacks(job.account, job.resources)
