"""One job from claim to end, with real trainer processes."""

from __future__ import annotations

import json
import threading

import pytest
from django.db import connection

from tests.training.sample_pairs import job
from tests.training.toy.jobs import checkpoints
from tests.waiting import join, wait_until
from tests.writers import Writer
from training.contract import paths
from training.jobs import lifecycle
from training.jobs.dispatcher import schedule
from training.jobs.supervisor import supervise
from training.models import JobEvent, JobLogLine, JobMetric, TrainingJob

pytestmark = pytest.mark.django_db(transaction=True)


def events(row: TrainingJob) -> list[str]:
    return list(JobEvent.objects.filter(job=row).values_list("kind", flat=True))


def in_thread(row: TrainingJob) -> threading.Thread:
    def work() -> None:
        supervise(row.pk)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_a_job_is_trained_judged_and_completed(alice: Writer) -> None:
    row = job(alice, steps=20)
    assert row.state == "queued"
    supervise(row.pk)
    row.refresh_from_db()
    assert (row.state, row.gate, row.attempt, row.stage) == ("completed", "passed", 1, "")
    assert (row.step, row.steps, row.epoch, row.checkpoint_step) == (20, 20, 1, 20)
    assert row.trainer_started_at is not None
    assert row.gate_report is not None
    assert [figure["name"] for figure in row.gate_report["figures"]] == ["score", "tested"]
    assert list(JobMetric.objects.filter(job=row, key="loss").order_by("step").values_list("step", flat=True)) == list(
        range(1, 21)
    )
    assert JobLogLine.objects.filter(job=row).order_by("id")[0].text.startswith("starting at step 0 with ")
    assert events(row) == ["created", "queued", "started", "gate", "completed"]


def test_a_job_whose_model_fails_the_gate_keeps_its_report_and_creates_no_version(alice: Writer) -> None:
    row = job(alice, steps=3, score=0.2)
    supervise(row.pk)
    row.refresh_from_db()
    assert (row.state, row.gate) == ("completed", "failed")
    assert row.gate_report is not None
    assert row.gate_report["verdict"] == "Failed: score is 0.2, required ≥ 0.5"


def test_the_trainer_sees_neither_the_held_out_split_nor_secrets(alice: Writer) -> None:
    row = job(alice, steps=1)
    supervise(row.pk)
    given = paths.job_folder(row.pk) / "ml" / "input"
    assert sorted(path.name for path in (given / "data").iterdir()) == ["dev", "train"]
    values = json.loads((given / "config" / "hyperparameters.json").read_text())
    assert (values["steps"], values["quick"], values["mood"]) == ("1", "true", "good")


@pytest.mark.parametrize(
    ("mood", "failure", "detail", "attempts"),
    [
        ("user", "user_error", "The pairs are all alike; bring in more", 1),
        ("oom", "out_of_memory", "No memory left", 1),
        ("eats", "out_of_memory", "The trainer used more memory than the job allows", 1),
        ("error", "trainer_error", "The trainer ended with status 1", 2),
        ("nan", "diverged", "loss is not finite at step 3", 1),
        ("full", "disk_full", "[Errno 28] No space left on device", 4),
    ],
)
def test_each_failure_has_its_class_and_its_budget(
    alice: Writer, mood: str, failure: str, detail: str, attempts: int
) -> None:
    row = job(alice, mood=mood, steps=100_000, step_s=0.01, quick=False)
    for _ in range(attempts):
        supervise(row.pk)
        row.refresh_from_db()
        if row.state == "pending":
            assert row.waits_because == "it is retried after a pause"
            TrainingJob.objects.filter(pk=row.pk).update(not_before=None)
            assert schedule() == 1
    assert (row.state, row.failure, row.failure_detail, row.attempt) == ("failed", failure, detail, attempts)


def test_a_diverging_loss_ends_the_job_with_an_explanation(alice: Writer) -> None:
    row = job(alice, mood="diverges", steps=100_000, step_s=0.05, quick=False)
    supervise(row.pk)
    row.refresh_from_db()
    assert (row.state, row.failure) == ("failed", "diverged")
    assert row.failure_detail.endswith("training diverges, lower the learning rate")


def test_a_silent_trainer_is_stopped_and_retried_once(alice: Writer) -> None:
    row = job(alice, mood="stalls", steps=10)
    TrainingJob.objects.filter(pk=row.pk).update(stall_s=1)
    supervise(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempt, row.retries["stalled"]) == ("queued", 1, 1)
    TrainingJob.objects.filter(pk=row.pk).update(deadline_s=1, stall_s=60)
    supervise(row.pk)
    row.refresh_from_db()
    assert (row.state, row.failure, row.attempt) == ("failed", "deadline", 2)


def test_cancel_stops_the_trainer_and_retry_continues_from_its_checkpoint(alice: Writer) -> None:
    row = job(alice, steps=400, step_s=0.1, quick=False)
    thread = in_thread(row)
    wait_until(lambda: TrainingJob.objects.get(pk=row.pk).step >= 10)
    lifecycle.cancel_job(job_id=row.pk, actor="tests")
    join(thread)
    row.refresh_from_db()
    assert row.state == "cancelled"
    stopped_at = max(int(path.stem.split("-")[1]) for path in checkpoints(row).glob("checkpoint-*.json"))
    # It was asked to stop and kept what it had: a trainer that is killed keeps only every fifth step.
    assert (stopped_at, 10 <= stopped_at < 400) == (row.checkpoint_step, True)
    lifecycle.retry_job(job_id=row.pk, actor="tests")
    TrainingJob.objects.filter(pk=row.pk).update(hyperparameters={**row.hyperparameters, "quick": True})
    supervise(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempt) == ("completed", 2)
    assert f"starting at step {stopped_at} with" in JobLogLine.objects.filter(job=row, attempt=2).order_by("id")[0].text
    whole = job(alice, steps=400, seed=0)
    supervise(whole.pk)
    states = [json.loads((paths.job_folder(one.pk) / "ml/model/config.json").read_text()) for one in (row, whole)]
    assert states[0] == states[1]


def test_a_second_delivery_does_nothing(alice: Writer) -> None:
    row = job(alice, steps=2)
    supervise(row.pk)
    supervise(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempt) == ("completed", 1)
