from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.training.sample_pairs import job
from tests.writers import Writer
from training.contract import paths
from training.contract.executor import Observation, Resources
from training.contract.output_lines import MetricLine
from training.jobs import dispatcher, telemetry
from training.jobs.lifecycle import cancel_job, retry_job
from training.jobs.outcome import MOST_LOST, claimed_rows, classify, end_as_cancelled
from training.jobs.reaper import STALE_AFTER, reap
from training.jobs.supervisor import _claim, supervise
from training.models import ExecutorPool, JobEvent, JobLogLine, JobMetric, TrainingJob
from youman.core.errors import InvalidInput

pytestmark = pytest.mark.django_db(transaction=True)


def lose(row: TrainingJob, checkpoint: int | None) -> TrainingJob:
    """Let a supervisor claim the job, perhaps reach a checkpoint, and die."""
    dispatcher.schedule()
    assert _claim(row.pk) is not None
    TrainingJob.objects.filter(pk=row.pk).update(checkpoint_step=checkpoint)
    row.refresh_from_db()
    assert row.heartbeat_at is not None
    assert reap(row.heartbeat_at + STALE_AFTER + timedelta(seconds=1)) == 1
    row.refresh_from_db()
    return row


def test_a_job_that_makes_progress_is_retried_however_often_its_worker_is_lost(alice: Writer) -> None:
    row = job(alice)
    for number in range(MOST_LOST * 2):
        row = lose(row, checkpoint=number)
        assert row.state in {"pending", "queued"}
    assert (row.retries["worker_lost"], row.lost) == (MOST_LOST * 2, 1)


def test_a_job_that_always_kills_its_workers_at_the_same_step_fails(alice: Writer) -> None:
    row = job(alice)
    while row.state in {"pending", "queued"}:
        row = lose(row, checkpoint=7)
    assert (row.state, row.failure, row.attempt) == ("failed", "worker_lost", MOST_LOST)
    assert row.failure_detail == "the supervisor stopped sending heartbeats"
    assert JobEvent.objects.filter(job=row, kind="retrying").count() == MOST_LOST - 1


def test_a_job_with_heartbeats_is_left_alone_and_a_stale_supervisor_writes_nothing(alice: Writer) -> None:
    row = job(alice)
    first = _claim(row.pk)
    assert first is not None
    assert reap() == 0
    assert reap(timezone.now() + STALE_AFTER * 2) == 1
    dispatcher.schedule()
    second = _claim(row.pk)
    assert second is not None
    assert claimed_rows(first).update(step=99) == 0
    assert not end_as_cancelled(first)
    assert claimed_rows(second).update(step=1) == 1


def test_out_of_memory_is_tried_again_only_with_more_memory(alice: Writer) -> None:
    row = job(alice, mood="oom")
    supervise(row.pk)
    with pytest.raises(InvalidInput, match="The job ran out of memory with 256 MiB; give it more memory"):
        retry_job(job_id=row.pk, actor="tests")
    ExecutorPool.objects.update(is_paused=True)
    retry_job(job_id=row.pk, actor="tests", resources=Resources(1, 512, 0))
    row.refresh_from_db()
    assert (row.state, row.memory_mib, row.failure) == ("pending", 512, "")


@pytest.mark.parametrize(
    ("seen", "failure"),
    [
        (Observation("failed", "", 2), "user_error"),
        (Observation("failed", "", 77), "out_of_memory"),
        (Observation("failed", "", 143), "worker_lost"),
        (Observation("failed", "", None, is_lost=True), "worker_lost"),
        (Observation("failed", "", -9), "killed"),
        (Observation("failed", "", 137), "killed"),
        (Observation("failed", "OSError: [Errno 28] No space left on device", 1), "disk_full"),
        (Observation("failed", "", 1), "trainer_error"),
    ],
)
def test_each_exit_status_has_its_failure_class(seen: Observation, failure: str) -> None:
    assert classify(seen) == failure


def test_logs_curves_and_files_of_old_jobs_are_deleted_and_new_ones_stay(alice: Writer) -> None:
    ExecutorPool.objects.update(is_paused=True)
    rows = [job(alice), job(alice)]
    for row in rows:
        telemetry.store_log(row, ["hello"], 0)
        telemetry.store_metrics(row.pk, [MetricLine("loss", 1, 0.5)])
        paths.job_folder(row.pk).mkdir(parents=True)
        cancel_job(job_id=row.pk, actor="tests")
    TrainingJob.objects.filter(pk=rows[0].pk).update(finished_at=timezone.now() - telemetry.KEEP_LOGS * 1.1)
    assert telemetry.prune() == 1
    assert [paths.job_folder(row.pk).exists() for row in rows] == [False, True]
    assert list(JobLogLine.objects.values_list("job", flat=True)) == [rows[1].pk]
    assert JobMetric.objects.count() == 2
