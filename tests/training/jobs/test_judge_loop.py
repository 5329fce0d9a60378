"""A judge's job, from pairs to the verdict that writers see: job, gate, version, alias, judgement."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings

from humanize.pipeline import champions
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


def test_a_job_makes_a_judge_and_promoting_it_gives_the_verdicts(
    alice: Writer, settings: LazySettings, tmp_path: Path
) -> None:
    keep_in_folder(settings, tmp_path / "artifacts")
    settings.MODEL_COPIES_PATH = tmp_path / "copies"
    made = [pair(number) for number in range(240)]
    ingest_pairs([IncomingPair(one.original, one.humanized, language="en") for one in made], scored=False)
    dataset = freeze(name="better", query=DatasetQuery(), actor="tests")
    ask = JobRequest(model="judge", dataset=dataset.pk, trainer="judge", thresholds={"right": 0.8})
    row = create_job(account=alice.account, request=ask, actor="tests")
    supervise(row.pk)
    row = TrainingJob.objects.select_related("produced_version__model").get(pk=row.pk)
    assert (row.state, row.gate, row.produced) == ("completed", "passed", "judge/1"), (
        row.failure_detail or row.gate_report
    )
    assert row.produced_version is not None
    assert row.produced_version.model.task == "judge"
    promote(version=row.produced_version, alias="champion", actor="tests", reason="it passed")
    champions.clear_cache()  # two seconds pass
    draft, kept = made[0].original, made[0].humanized
    judgement = champions.judgement_of(f"{draft} {draft}", f"{kept} {kept}", "en")
    assert judgement is not None
    assert (judgement.version, judgement.verdict) == ("judge/1", "better")
