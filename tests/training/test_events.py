"""`training_job.completed` and `.failed`: announced and rolled back together with the end of the job, and signed."""

from __future__ import annotations

import pytest
from django.db import transaction

from tests.receiver import Receiver, outbox
from tests.training.sample_pairs import job
from tests.writers import Writer
from training.events import TrainingJobCompleted, TrainingJobFailed
from training.jobs import outcome, publish
from training.jobs.supervisor import _claim, supervise
from training.models import TrainingJob
from training.states import FailureClass
from youman.core.errors import StaleAttempt

pytestmark = pytest.mark.django_db(transaction=True)
EVENTS = (TrainingJobCompleted.type, TrainingJobFailed.type)


def test_a_receiver_gets_a_signed_event_for_each_ended_job(alice: Writer, receiver: Receiver) -> None:
    secret = receiver.subscribe(*EVENTS)
    passed, fell_short, failed = job(alice, steps=3), job(alice, steps=3, score=0.1), job(alice, mood="oom")
    for row in (passed, fell_short, failed):
        supervise(row.pk)
    found = {"trainer": "toy", "model": "toy", "attempt": 1}
    assert [(one["type"], one["data"]) for one in receiver.take_all(secret)] == [
        ("training_job.completed", found | {"job_id": str(passed.pk), "gate": "passed", "version": 1}),
        ("training_job.completed", found | {"job_id": str(fell_short.pk), "gate": "failed", "version": None}),
        ("training_job.failed", found | {"job_id": str(failed.pk), "failure": "out_of_memory"}),
    ]


def test_a_job_that_is_retried_or_cancelled_announces_nothing(alice: Writer, receiver: Receiver) -> None:
    receiver.subscribe(*EVENTS)
    stopped = _claim(job(alice).pk)
    assert stopped is not None
    assert outcome.end_as_cancelled(stopped)
    again = _claim(job(alice).pk)
    assert again is not None
    assert outcome.end_as_failed(again, FailureClass.TRAINER_ERROR, "exit 1")
    assert outbox() == []
    assert sorted(TrainingJob.objects.values_list("state", flat=True)) == ["cancelled", "pending"]


def test_a_failure_is_announced_in_its_transaction_and_undone_with_it(alice: Writer, receiver: Receiver) -> None:
    receiver.subscribe(*EVENTS)
    claimed = _claim(job(alice).pk)
    assert claimed is not None
    with transaction.atomic():
        assert outcome.end_as_failed(claimed, FailureClass.DIVERGED, "loss is not finite")
        assert [name for name, _ in outbox()] == ["training_job.failed"]
        transaction.set_rollback(True)
    assert outbox() == []
    assert TrainingJob.objects.get().state == "running"


def test_a_completion_that_is_rolled_back_is_not_announced(
    alice: Writer, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.subscribe(*EVENTS)
    row, seen = job(alice, steps=3), []

    def fail_after_it(*args: object) -> None:
        seen.extend(outbox())
        raise StaleAttempt

    monkeypatch.setattr(publish, "release_base", fail_after_it)
    supervise(row.pk)
    row.refresh_from_db()
    assert [name for name, _ in seen] == ["training_job.completed"]
    assert (row.state, outbox()) == ("running", [])
