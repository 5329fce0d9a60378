"""A job with a canary share passes its gate and is deployed without staff, and texts of its share go to it first."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from django.conf import LazySettings

from humanize.transformations import create
from humanize.validation import check_options
from serving.models import Deployment, Invocation
from tests.buckets import keep_in_folder
from tests.training.sample_pairs import pair
from tests.training.trainers.drafts import SMALL
from tests.writers import DRAFT, Writer
from training.datasets.freezing import DatasetQuery, freeze
from training.jobs.lifecycle import JobRequest, create_job
from training.jobs.supervisor import supervise
from training.models import TrainingJob
from training.pairs.ingest import ingest_pairs

pytestmark = pytest.mark.django_db(transaction=True)
LENIENT = {
    "edit_f05_over_rules": -1.0, "edit_f05_over_copy": -1.0, "sari_over_rules": -100.0, "sari_over_copy": -100.0,
    "where_auroc": 0.0, "similarity": 0.0, "length_out": 1.0, "human_edits_per_100w": 100.0, "reads_worse": 1.0,
}  # fmt: skip


def test_a_model_that_passed_is_deployed_and_called_first_within_its_share(
    alice: Writer, settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_in_folder(settings, tmp_path / "artifacts")
    settings.MODEL_COPIES_PATH = tmp_path / "copies"
    settings.CANARIES_RAMP = True
    ingest_pairs([pair(number) for number in range(90)], scored=False)
    dataset = freeze(name="house", query=DatasetQuery(), actor="tests")
    ask = JobRequest("house-editor", dataset.pk, "revision_linear", SMALL, LENIENT, canary_share=10)
    row = create_job(account=alice.account, request=ask, actor="tests")
    supervise(row.pk)
    row = TrainingJob.objects.get(pk=row.pk)
    assert (row.state, row.gate) == ("completed", "passed"), row.failure_detail or row.gate_report
    made = Deployment.objects.get(version=row.produced_version)
    assert (made.name, made.state, made.traffic_share, made.ramps) == ("house-editor-1", "active", 10, True)

    def answered_by(draw: int) -> list[str]:
        monkeypatch.setattr(create, "new_id", lambda: UUID(int=7_000 + draw))
        text = create.CreateRequest(DRAFT, check_options(level=5))
        row = create.create_transformation(account=alice.account, request=text).row
        return [call.deployment.name for call in Invocation.objects.filter(transformation=row.pk)]

    assert answered_by(9) == ["house-editor-1"]
    assert answered_by(10) == []
