"""Whatever is killed, a training job ends well: one trainer at a time, one version, the result of an undisturbed run.

Each kind of death is done KILLS times (3 unless set; `KILLS=10` is the full script), at a different step each time; the
everyday lane kills one worker.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from registry.models import ModelVersion
from tests.services import postgres
from tests.training.sample_pairs import dataset, job
from tests.training.toy.jobs import checkpoints, expected_state, has_had_two_trainers, let_go
from tests.workers import full_disk, worker
from tests.workers.worker import Worker, gone, wait_until
from tests.writers import Writer, writer
from training.jobs import dispatcher, lifecycle
from training.jobs.reaper import STALE_AFTER, reap
from training.models import ExecutorPool, JobMetric, TrainingJob

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
KILLS = int(os.environ.get("KILLS", "3"))
STEPS = 40
TOY = Path(__file__).resolve().parents[1] / "training" / "toy"
Start = Callable[[], Worker]


@pytest.fixture
def start(settings: LazySettings, tmp_path: Path, transactional_db: None) -> Iterator[Start]:
    settings.TRAINING_PATH = str(tmp_path / "training")
    settings.TRAINER_FOLDERS = [str(TOY)]
    started: list[Worker] = []

    def begin() -> Worker:
        variables = {"TRAINING_PATH": settings.TRAINING_PATH, "TRAINER_FOLDERS": str(TOY)}
        started.append(worker.start("trainer", **variables))
        return started[-1]

    yield begin
    for one in started:
        if one.child.poll() is None:
            one.stop()


@pytest.fixture
def alice(transactional_db: None) -> Writer:
    alice = writer("alice", "ENTERPRISE")
    dataset()
    return alice


def begun(alice: Writer, number: int, here: Worker, steps: int = STEPS) -> TrainingJob:
    """A running job that waits after a step of its own: what is killed is killed there."""
    hold_at = 1 + 2 * number % 19
    row = job(alice, steps=steps, quick=True, checkpoint_every=4, seed=number, hold_at=hold_at)
    wait_until(lambda: now(row).step == hold_at, here)
    return row


def now(row: TrainingJob) -> TrainingJob:
    return TrainingJob.objects.get(pk=row.pk)


def trainer_of(row: TrainingJob) -> int:
    return int((checkpoints(row) / "starts").read_text().splitlines()[-1].split()[0])


def supervisors(here: Worker) -> list[int]:
    """The pool processes of a worker."""
    children = Path(f"/proc/{here.child.pid}/task/{here.child.pid}/children").read_text().split()
    return [int(pid) for pid in children]


def taken_back(row: TrainingJob) -> bool:
    """As the reaper does it when the time has come; the clock is given."""
    reap(timezone.now() + STALE_AFTER + timedelta(seconds=1))
    return now(row).state in {"pending", "queued"} or now(row).attempt > 1


def finished(row: TrainingJob) -> bool:
    let_go(row)
    TrainingJob.objects.filter(pk=row.pk, not_before__isnull=False).update(not_before=None)
    dispatcher.schedule()
    return now(row).state in {"completed", "failed", "cancelled"}


def check(row: TrainingJob, versions: int) -> None:
    row = TrainingJob.objects.select_related("dataset", "produced_version__model").get(pk=row.pk)
    assert (row.state, row.failure_detail, row.gate) == ("completed", "", "passed")
    assert row.produced_version is not None
    assert (row.produced_version.state, row.produced_version.config["state"]) == ("ready", expected_state(row, STEPS))
    assert not has_had_two_trainers(row)
    assert ModelVersion.objects.count() == versions
    steps = JobMetric.objects.filter(job=row, key="loss").order_by("step").values_list("step", flat=True)
    assert list(steps) == list(range(1, STEPS + 1))


@pytest.mark.deep
def test_a_killed_trainer_is_started_again_from_its_checkpoint(alice: Writer, start: Start) -> None:
    here = start()
    for number in range(KILLS):
        row = begun(alice, number, here)
        os.kill(trainer_of(row), signal.SIGKILL)
        wait_until(partial(finished, row), here)
        check(row, number + 1)
        assert (now(row).attempt, now(row).retries["killed"]) == (2, 1)


@pytest.mark.deep
def test_a_killed_supervisor_leaves_no_trainer_and_the_job_goes_on(alice: Writer, start: Start) -> None:
    here = start()
    for number in range(KILLS):
        row = begun(alice, number, here)
        trainer = trainer_of(row)
        for pid in supervisors(here):
            os.kill(pid, signal.SIGKILL)
        wait_until(partial(gone, trainer), here)
        assert list(checkpoints(row).glob("checkpoint-*.json"))
        wait_until(partial(taken_back, row), here)
        wait_until(partial(finished, row), here)
        check(row, number + 1)
        assert now(row).attempt == 2


@pytest.mark.parametrize("kills", [1, pytest.param(KILLS, marks=pytest.mark.deep)])
def test_a_killed_worker_leaves_no_trainer_and_another_worker_goes_on(alice: Writer, start: Start, kills: int) -> None:
    here = start()
    for number in range(kills):
        row = begun(alice, number, here)
        trainer = trainer_of(row)
        here.kill()
        here = start()
        wait_until(partial(taken_back, row), here)
        wait_until(partial(finished, row), here)
        assert gone(trainer)
        check(row, number + 1)
        assert now(row).attempt == 2


@pytest.mark.deep
def test_cancel_is_answered_with_a_checkpoint_of_the_step_at_which_it_came(alice: Writer, start: Start) -> None:
    here = start()
    for number in range(KILLS):
        row = begun(alice, number, here)
        lifecycle.cancel_job(job_id=row.pk, actor="tests")
        wait_until(lambda row=row: now(row).state == "cancelled", here)  # type: ignore[misc]
        assert gone(trainer_of(row))
        saved = [json.loads(path.read_text())["step"] for path in checkpoints(row).glob("checkpoint-*.json")]
        assert max(saved) == now(row).checkpoint_step == 1 + 2 * number % 19
    assert ModelVersion.objects.count() == 0


def test_a_paused_executor_says_why_its_jobs_wait(alice: Writer, start: Start) -> None:
    here = start()
    dispatcher.pool_of("local")
    ExecutorPool.objects.update(is_paused=True)
    row = job(alice, steps=2)
    assert (row.state, row.waits_because) == ("pending", "the executor is paused")
    ExecutorPool.objects.update(is_paused=False)
    wait_until(partial(finished, row), here)
    assert now(row).state == "completed"


@pytest.mark.deep
def test_a_database_that_stops_and_comes_back_costs_nothing_that_was_said() -> None:
    if not postgres.binaries():
        pytest.skip("no PostgreSQL on this machine")
    command = [sys.executable, "-m", "tests.workers.database_outage", str(KILLS)]
    done = subprocess.run(command, cwd=TOY.parents[2], check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["state"], found["detail"], found["versions"], found["two"]) == ("completed", "", 1, False)
    assert found["points"] == found["wanted_points"]


@pytest.mark.deep
@pytest.mark.skipif(not full_disk.possible(), reason="no right to mount a small disk")
def test_a_full_disk_ends_in_a_resumed_job_and_without_room_in_a_failed_one(tmp_path: Path) -> None:
    times = max(1, KILLS // 3) if KILLS < 10 else KILLS
    variables = {"TRAINING_PATH": str(tmp_path / "training"), "TRAINER_FOLDERS": str(TOY), "LOG_LEVEL": "CRITICAL"}
    variables |= {"DATABASE_URL": worker.database_url(), "DJANGO_SETTINGS_MODULE": "youman.settings"}
    command = full_disk.mounted(tmp_path, [sys.executable, "-m", "tests.workers.full_disk", str(times)])
    done = subprocess.run(
        command, cwd=TOY.parents[2], env=os.environ | variables, check=True, stdout=subprocess.PIPE, text=True
    )
    *resumed, given_up = json.loads(done.stdout.splitlines()[-1])
    assert [(one["first"]["state"], one["first"]["retries"]["disk_full"]) for one in resumed] == [
        ("pending", 1)
    ] * times
    assert [one["state"] for one in resumed] == ["completed"] * times
    assert [one["result"] for one in resumed] == [one["wanted"] for one in resumed]
    assert sorted(one["version"] for one in resumed) == list(range(1, times + 1))
    assert (given_up["state"], given_up["failure"], given_up["version"]) == ("failed", "disk_full", None)
    assert [one["two"] for one in (*resumed, given_up)] == [False] * (times + 1)
