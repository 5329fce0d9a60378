"""Drift alerts of the project's own models start jobs: one for each alert, and only if the model's rule allows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from serving.models import Deployment, DriftAlert, DriftReport
from tests.training.sample_pairs import enter_some, job
from tests.writers import Writer
from training.jobs.retraining import handle_alerts
from training.jobs.supervisor import supervise
from training.models import HandledAlert, RetrainRule, TrainingJob

pytestmark = pytest.mark.django_db(transaction=True)
UNTIL = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def served(alice: Writer) -> Deployment:
    """Deploy the toy's first version, whose job was eight days ago."""
    row = job(alice, steps=3)
    supervise(row.pk)
    TrainingJob.objects.update(created_at=timezone.now() - timedelta(days=8))
    row.refresh_from_db()
    assert row.produced_version is not None
    return Deployment.objects.create(
        name="toy-1", kind="model", backend="revision", version=row.produced_version, state="active"
    )


def alert(row: Deployment, figure: str = "length") -> DriftAlert:
    report = DriftReport.objects.get_or_create(
        deployment=row, until=UNTIL,
        defaults={
            "reference_from": UNTIL - timedelta(days=35), "recent_from": UNTIL - timedelta(days=7),
            "reference_calls": 200, "recent_calls": 200,
        },
    )[0]  # fmt: skip
    return DriftAlert.objects.create(
        report=report, deployment=row, figure=figure, value=0.4, threshold=0.25, sentence="toy-1: longer texts"
    )


def notes() -> list[str]:
    return list(HandledAlert.objects.order_by("id").values_list("note", flat=True))


def test_an_alert_starts_one_job_like_the_last_on_todays_pairs(served: Deployment) -> None:
    assert served.version is not None
    RetrainRule.objects.create(model=served.version.model)
    enter_some(5, start=500)
    first, second = alert(served), alert(served, "acceptance")
    done = handle_alerts()
    assert (done.alerts, len(done.jobs)) == (2, 1)
    (made,) = done.jobs
    last = TrainingJob.objects.order_by("created_at").first()
    assert last is not None
    assert (made.trainer, made.model_name, made.hyperparameters) == ("toy", "toy", last.hyperparameters)
    assert made.notes == "Started by a drift alert: toy-1: longer texts"
    assert made.dataset.query == last.dataset.query
    assert made.dataset.points == last.dataset.points + 5
    assert {row.alert_id: row.job_id for row in HandledAlert.objects.all()} == {first.pk: made.pk, second.pk: made.pk}
    assert notes()[0] == "Started a job like the last one"
    assert handle_alerts().alerts == 0
    assert TrainingJob.objects.count() == 2


def test_without_a_rule_or_for_what_training_does_not_cure_nothing_starts(served: Deployment) -> None:
    alert(served)
    failures = alert(served, "failures")
    assert handle_alerts().jobs == ()
    assert notes() == ["No job: this model has no retrain rule for drift"]
    assert not HandledAlert.objects.filter(alert=failures).exists()
    assert TrainingJob.objects.count() == 1


def test_what_cannot_be_done_is_noted_and_not_tried_every_minute(served: Deployment) -> None:
    assert served.version is not None
    RetrainRule.objects.create(model=served.version.model)
    TrainingJob.objects.update(trainer="gone")
    alert(served)
    assert handle_alerts().jobs == ()
    assert notes()[0].startswith("No job: There is no trainer 'gone'")
    assert handle_alerts().alerts == 0
    assert TrainingJob.objects.count() == 1
