"""A detector job, from pairs to the scores that writers see: job, gate, version, alias, other scores."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings

from humanize.pipeline import champions
from humanize.samples import samples
from humanize.transformations import create
from humanize.validation import check_options
from registry.versions.promotion import promote
from tests.buckets import keep_in_folder
from tests.training.sample_pairs import pair
from tests.writers import Writer
from training.datasets.freezing import DatasetQuery, freeze
from training.jobs.lifecycle import JobRequest, create_job
from training.jobs.supervisor import supervise
from training.models import TrainingJob
from training.pairs.ingest import IncomingPair, ingest_pairs

pytestmark = pytest.mark.django_db(transaction=True)


def _pairs(count: int) -> list[IncomingPair]:
    """Join one to ten made-up pairs, so that there are texts in every band of length."""
    found = []
    for number in range(count):
        parts = [pair(1_000 * number + part) for part in range(1 + number % 10)]
        draft, kept = (" ".join(getattr(part, side) for part in parts) for side in ("original", "humanized"))
        found.append(IncomingPair(draft, kept, language="en"))
    return found


def test_a_job_makes_a_detector_and_promoting_it_changes_the_scores(
    alice: Writer, settings: LazySettings, tmp_path: Path
) -> None:
    keep_in_folder(settings, tmp_path / "artifacts")
    settings.MODEL_COPIES_PATH = tmp_path / "copies"
    ingest_pairs(_pairs(420), scored=False)
    dataset = freeze(name="telling", query=DatasetQuery(), actor="tests")
    ask = JobRequest(model="detector", dataset=dataset.pk, trainer="detector", thresholds={"human_flagged": 0.3})
    row = create_job(account=alice.account, request=ask, actor="tests")
    supervise(row.pk)
    row = TrainingJob.objects.select_related("produced_version__model").get(pk=row.pk)
    assert (row.state, row.gate, row.produced) == ("completed", "passed", "detector/1"), (
        row.failure_detail or row.gate_report
    )

    def scored() -> dict[str, object]:
        text = create.CreateRequest(samples()[0].text, check_options())
        made = create.create_transformation(account=alice.account, request=text).row
        assert made.scores is not None
        return dict(made.scores["before"])

    before = scored()
    assert row.produced_version is not None
    promote(version=row.produced_version, alias="champion", actor="tests", reason="it passed")
    champions.clear_cache()  # two seconds pass
    after = scored()
    assert after["detector_version"] == "detector/1"
    assert after["ai_likeness"] != before["ai_likeness"]
    assert after["readability"] == before["readability"]
