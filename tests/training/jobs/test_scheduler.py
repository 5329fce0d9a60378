from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from training.contract.executor import Resources
from training.jobs.scheduler import Capacity, Placement, RunningJob, WaitingJob, plan

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROOM = Capacity(Resources(4, 8_000, 0), max_jobs=2, max_jobs_per_account=1)


def waiting(
    number: int, account: int = 0, priority: int = 0, minutes: int = 0, cpus: int = 1, **more: object
) -> WaitingJob:
    made = NOW - timedelta(minutes=minutes)
    return WaitingJob(UUID(int=number), account or number, priority, made, Resources(cpus, 1_000, 0), **more)  # type: ignore[arg-type]


def test_priority_goes_first_and_waiting_adds_to_it() -> None:
    placed = plan([waiting(1, priority=1), waiting(2, minutes=30), waiting(3, priority=2)], [], ROOM, NOW)
    assert [one.id.int for one in placed] == [2, 3, 1]
    assert [one.reason for one in placed] == ["", "", "2 of 2 jobs are running"]


def test_limits_of_account_and_machine_hold_and_are_given_as_the_reason() -> None:
    running = [RunningJob(UUID(int=9), 7, Resources(3, 1_000, 0), NOW + timedelta(minutes=5))]
    asked = [waiting(1, account=7), waiting(2, cpus=2), waiting(3, cpus=9), waiting(4)]
    placed = plan(asked, running, ROOM, NOW)
    later = NOW + timedelta(minutes=5)
    assert {one.id.int: (one.reason, one.expected_at) for one in placed} == {
        1: ("this account has 1 of its 1 jobs running", later),
        2: ("the job needs 2 CPUs and 1 are free", None),  # nobody can tell how long the first and the fourth take
        3: ("it needs more than this executor has; request less, or raise the executor's limits", None),
        4: ("", None),
    }


def test_when_a_job_expects_to_run_counts_those_ahead_of_it() -> None:
    hour, one_at_a_time = timedelta(hours=1), Capacity(Resources(4, 8_000, 0), max_jobs=1, max_jobs_per_account=1)
    running = [RunningJob(UUID(int=9), 7, Resources(1, 1_000, 0), NOW + timedelta(minutes=5))]
    asked = [
        waiting(1, usual_length=hour),
        waiting(2, priority=1, usual_length=hour),
        waiting(3, priority=-1, usual_length=hour),
    ]
    placed = plan(asked, running, one_at_a_time, NOW)
    first = NOW + timedelta(minutes=5)
    assert [(one.id.int, one.expected_at) for one in placed] == [(2, first), (1, first + hour), (3, first + 2 * hour)]
    overdue = [RunningJob(UUID(int=9), 7, Resources(1, 1_000, 0), NOW - timedelta(minutes=1))]
    assert plan([waiting(1, usual_length=hour)], overdue, one_at_a_time, NOW)[0].expected_at == NOW


def test_a_pause_and_a_paused_executor_are_given_as_the_reason() -> None:
    due = NOW + timedelta(seconds=30)
    assert plan([waiting(1, not_before=due)], [], ROOM, NOW) == (
        Placement(UUID(int=1), "it is retried after a pause", due),
    )
    paused = Capacity(ROOM.resources, 2, 2, is_paused=True)
    assert plan([waiting(1)], [], paused, NOW) == (Placement(UUID(int=1), "the executor is paused"),)


def test_capacity_is_kept_free_for_a_big_job_that_has_waited_long() -> None:
    running = [RunningJob(UUID(int=9), 7, Resources(2, 1_000, 0))]
    small, big = waiting(1), waiting(2, minutes=90, cpus=4)
    placed = {one.id.int: one.reason for one in plan([small, big], running, ROOM, NOW)}
    assert placed == {
        2: "the job needs 4 CPUs and 2 are free",
        1: "capacity is kept free for a job that has waited over an hour",
    }
    assert plan([small, waiting(2, minutes=10, cpus=4)], running, ROOM, NOW)[1] == Placement(UUID(int=1))


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(-10, 10), st.integers(0, 600)), max_size=20)
)
def test_no_plan_ever_exceeds_the_capacity(jobs: list[tuple[int, int, int, int]]) -> None:
    asked = [
        waiting(n + 1, account, priority, minutes, cpus) for n, (cpus, account, priority, minutes) in enumerate(jobs)
    ]
    room = Capacity(Resources(4, 6_000, 0), max_jobs=3, max_jobs_per_account=2)
    placed = plan(asked, [], room, NOW)
    assert sorted(one.id.int for one in placed) == sorted(one.id.int for one in asked)
    begun = [job for job in asked if any(one.id == job.id and not one.reason for one in placed)]
    assert sum(job.resources.cpus for job in begun) <= 4
    assert len(begun) <= 3
    assert all(sum(other.account == job.account for other in begun) <= 2 for job in begun)
    assert bool(begun) == bool(asked)
