from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.training.sample_pairs import dataset, job
from tests.writers import Writer
from training.jobs import dispatcher
from training.models import ExecutorPool, TrainingJob
from youman.core.runtime import redis

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def pool(transactional_db: None) -> None:
    dispatcher.pool_of("local")
    ExecutorPool.objects.update(max_jobs=1, max_jobs_per_account=1, cpus=4, memory_mib=4_096)


def test_a_waiting_job_says_why_and_until_when_by_how_long_such_jobs_took(alice: Writer, pool: None) -> None:
    dataset()
    old, running, waiting, behind = (job(alice) for _ in range(4))
    done = {"state": "completed", "started_at": NOW - timedelta(hours=2), "finished_at": NOW - timedelta(minutes=110)}
    TrainingJob.objects.filter(pk=old.pk).update(**done)
    TrainingJob.objects.filter(pk=running.pk).update(state="running", started_at=NOW - timedelta(minutes=4))
    for seconds, one in enumerate((behind, waiting)):
        TrainingJob.objects.filter(pk=one.pk).update(created_at=NOW - timedelta(seconds=seconds))
    dispatcher.schedule(NOW)
    said = TrainingJob.objects.filter(pk__in=[waiting.pk, behind.pk]).order_by("created_at")
    assert [(one.state, one.waits_because, one.expected_at) for one in said] == [
        ("pending", "1 of 1 jobs are running", NOW + timedelta(minutes=6)),
        ("pending", "1 of 1 jobs are running", NOW + timedelta(minutes=16)),
    ]


def test_two_schedulers_assign_the_same_capacity_once(alice: Writer, pool: None) -> None:
    dataset()
    jobs = [job(alice) for _ in range(3)]
    assert [TrainingJob.objects.get(pk=one.pk).state for one in jobs] == ["queued", "pending", "pending"]
    assert (dispatcher.schedule(), dispatcher.schedule()) == (0, 0)


def test_a_queued_job_without_a_supervisor_is_enqueued_again(alice: Writer, pool: None) -> None:
    row = job(alice)
    late = (row.enqueued_at or NOW) + dispatcher.ENQUEUE_AGAIN_AFTER + timedelta(seconds=1)
    assert dispatcher.enqueue_again(late - timedelta(seconds=2)) == 0
    redis.client().delete("trainer")
    assert dispatcher.enqueue_again(late) == 1
    assert TrainingJob.objects.get(pk=row.pk).enqueued_at == late
    assert dispatcher.enqueue_again(late) == 0
