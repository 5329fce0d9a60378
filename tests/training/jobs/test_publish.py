"""A judged model becomes a ready version, and never two."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from registry import selectors as registry
from registry.models import Hold, ModelVersion
from serving.models import Deployment
from tests.training.sample_pairs import dataset, job, rewritten
from tests.writers import Writer
from training.contract import paths
from training.contract.model_folder import InvalidManifest, read_model
from training.errors import DatasetBroken
from training.jobs import publish
from training.jobs.lifecycle import JobRequest, create_job
from training.jobs.supervisor import supervise
from training.models import TrainingDataPoint, TrainingJob
from training.pairs.collection import collect
from training.pairs.withdrawal import withdraw_all
from training.selectors import versions_using
from youman.core.accounts.lifecycle import withdraw_consent
from youman.core.errors import InvalidInput, StaleAttempt

pytestmark = pytest.mark.django_db(transaction=True)


def done(row: TrainingJob) -> TrainingJob:
    supervise(row.pk)
    return TrainingJob.objects.select_related("produced_version__model").get(pk=row.pk)


def test_a_model_that_passed_becomes_a_ready_version_with_its_lineage(alice: Writer) -> None:
    row = done(job(alice, steps=4))
    version = row.produced_version
    assert version is not None
    assert (str(version), version.state, version.dataset_hash) == ("toy/1", "ready", row.dataset.root)
    assert version.gate == {
        "passed": True,
        "checks": [{"name": "score", "passed": True, "detail": "0.9, required ≥ 0.5 (absolute)"}],
    }
    assert version.metrics["score"] == {"value": 0.9}
    assert version.config["trainer"] == "toy"
    assert {(one.type, one.name) for one in registry.live_artifacts(version)} == {
        ("config", "config.json"),
        ("metadata", "manifest.json"),
    }
    references = {(one.kind, one.reference, one.label) for one in version.references.all()}
    assert references == {("dataset", row.dataset.root, "first"), ("job", str(row.pk), "toy")}
    point = TrainingDataPoint.objects.filter(split="train")[0]
    assert (point.times_used, versions_using(point.pk)) == (1, ["toy/1"])
    assert not TrainingDataPoint.objects.exclude(split="train").filter(times_used__gt=0).exists()


def test_a_canary_that_cannot_be_deployed_is_an_event_and_the_version_stays(alice: Writer) -> None:
    row = job(alice, steps=3)
    TrainingJob.objects.filter(pk=row.pk).update(canary_share=10)
    row = done(row)
    assert (row.state, row.produced) == ("completed", "toy/1")
    made = Deployment.objects.get()
    assert (made.name, made.state, made.traffic_share) == ("toy-1", "failed", 10)  # the toy rewrites nothing
    assert row.events.filter(kind="deployed").get().message == "toy-1 is failed with 10 % of the traffic"


def test_a_model_that_failed_the_gate_becomes_no_version(alice: Writer) -> None:
    row = done(job(alice, steps=3, score=0.1))
    assert (row.gate, row.produced_version) == ("failed", None)
    assert ModelVersion.objects.count() == 0


def test_an_open_job_holds_its_base_version(alice: Writer) -> None:
    first = done(job(alice, steps=3))
    ask = JobRequest(
        model="toy", dataset=first.dataset_id, trainer="toy", hyperparameters={"quick": True}, base="toy/1"
    )
    second = create_job(account=alice.account, request=ask, actor="tests")
    assert [hold.holder for hold in Hold.objects.filter(released_at=None)] == [second.pk]
    second = done(second)
    assert [hold.holder for hold in Hold.objects.filter(released_at=None)] == []
    version = second.produced_version
    assert version is not None
    assert [str(link.parent) for link in version.parent_links.select_related("parent__model")] == ["toy/1"]
    base = paths.job_folder(second.pk) / "ml" / "input" / "data" / "base"
    assert sorted(path.name for path in base.iterdir()) == ["config.json", "manifest.json"]


def test_an_attempt_after_one_that_died_while_publishing_uses_the_same_version(
    alice: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = job(alice, steps=3)
    with monkeypatch.context() as patch:
        patch.setattr(publish, "_complete", lambda *given: (_ for _ in ()).throw(StaleAttempt()))
        supervise(row.pk)
    row.refresh_from_db()
    assert (row.state, row.stage) == ("running", "publishing")
    from training.jobs.reaper import STALE_AFTER, reap

    assert row.heartbeat_at is not None
    assert reap(row.heartbeat_at + STALE_AFTER * 2) == 1
    row = done(row)
    assert (row.state, row.attempt, row.produced) == ("completed", 2, "toy/1")
    assert ModelVersion.objects.count() == 1


def test_withdrawal_names_the_versions_it_reached(alice: Writer) -> None:
    rewritten(alice, final_text="The team must use good tools to finish by 12 May. The plan matters for our work.")
    collect()
    TrainingDataPoint.objects.update(split="train")
    data = dataset()
    row = done(job(alice, data, steps=2))
    assert row.produced == "toy/1"
    withdraw_consent(account=alice.account, actor="alice")
    (withdrawal,) = withdraw_all()
    assert (withdrawal.datasets, withdrawal.versions) == (["first"], ["toy/1"])
    data.refresh_from_db()
    with pytest.raises(DatasetBroken):
        job(alice, data)


def test_a_model_of_another_task_or_a_missing_base_is_refused(alice: Writer) -> None:
    data = dataset()
    ask = JobRequest(model="toy", dataset=data.pk, trainer="toy", base="toy")
    with pytest.raises(InvalidInput, match="Give the version as model/3"):
        create_job(account=alice.account, request=ask, actor="tests")
    assert TrainingJob.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"files": []}, "must list 1 to 1,000 files"),
        ({"files": [{"path": "../x", "type": "model", "sha256": "0"}]}, "is not a file in the folder"),
        ({"files": [{"path": "/etc/hostname", "type": "model", "sha256": "0"}]}, "is not a file in the folder"),
        ({"files": [{"path": "link", "type": "model", "sha256": "0"}]}, "is not a file in the folder"),
        ({"files": [{"path": "a.json", "type": "pickle", "sha256": "0"}]}, "must be one of model"),
        ({"files": [{"path": "a.json", "type": "model", "sha256": "0"}]}, "differs from the one in manifest.json"),
        ({"metrics": [1]}, "metrics in manifest.json must be an object"),
    ],
)
def test_a_hostile_model_folder_is_refused(tmp_path: Path, change: dict[str, object], message: str) -> None:
    import hashlib

    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "link").symlink_to("/etc/hostname")
    named = {"path": "a.json", "type": "config", "sha256": hashlib.sha256(b"{}").hexdigest()}
    if "metrics" in change:
        (tmp_path / "link").unlink()
    (tmp_path / "manifest.json").write_text(json.dumps({"files": [named]} | change))
    with pytest.raises(InvalidManifest, match=message):
        read_model(tmp_path)
