"""The collector takes only what nothing needs, in two phases, and says every byte."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone

from registry import selectors
from registry.artifacts import retention, storage, upload
from registry.contracts import HoldRequest, VersionSpec
from registry.models import ModelArtifact, ModelVersion, RegisteredModel
from registry.versions import holds, lifecycle, promotion, publish
from tests.registry.conftest import published, safetensors, weights
from youman.core.models import AuditEvent

pytestmark = pytest.mark.django_db
SIZE = len(safetensors())


def states(*versions: ModelVersion) -> list[str]:
    return [ModelArtifact.objects.get(version=one).state for one in versions]


def archived(version: ModelVersion) -> ModelVersion:
    return lifecycle.archive(version=version, actor="ops")


def test_a_dry_run_says_what_it_would_do_and_does_nothing(model: RegisteredModel, tmp_path: Path) -> None:
    version = archived(published(model, tmp_path))
    report = retention.collect(actor="ops", dry_run=True)
    assert (report.marked, report.marked_bytes) == (["editor/1 model model.safetensors"], SIZE)
    assert states(version) == ["live"]


def test_marked_first_deleted_after_the_grace_period(
    model: RegisteredModel, tmp_path: Path, artifact_folder: Path
) -> None:
    version = archived(published(model, tmp_path))
    path = artifact_folder / ModelArtifact.objects.get().key
    now = timezone.now()
    retention.collect(actor="ops", now=now)
    assert (states(version), path.exists()) == (["marked"], True)
    assert retention.collect(actor="ops", now=now + timedelta(days=6)).deleted == []
    report = retention.collect(actor="ops", now=now + timedelta(days=8))
    assert (report.deleted_bytes, states(version), path.exists()) == (SIZE, ["deleted"], False)
    assert [one.verb for one in AuditEvent.objects.filter(object_kind="registry.modelartifact").order_by("at")] == [
        "store artifact", "mark for deletion", "delete",
    ]  # fmt: skip


def test_what_is_ready_aliased_held_or_a_kept_child_needs_stays(model: RegisteredModel, tmp_path: Path) -> None:
    ready = published(model, tmp_path)
    parent = published(model, tmp_path)
    child = publish.publish_version(
        model="editor", actor="t", files=[weights(tmp_path)], spec=VersionSpec(parents=(parent.ref,))
    )
    held = published(model, tmp_path)
    holds.place_hold(request=HoldRequest(held.ref, uuid4(), "deployment"))
    aliased = published(model, tmp_path)
    promotion.promote(version=aliased, alias="canary", actor="ops")
    archived(parent)
    ModelVersion.objects.filter(pk__in=[held.pk, aliased.pk]).update(state="archived")  # however that came about
    retention.collect(actor="ops")
    assert states(ready, parent, child, held, aliased) == ["live"] * 5
    archived(child)
    retention.collect(actor="ops")
    assert states(ready, parent, child, held, aliased) == ["live", "marked", "marked", "live", "live"]


def test_a_hold_placed_within_the_grace_period_saves_the_bytes(model: RegisteredModel, tmp_path: Path) -> None:
    version = published(model, tmp_path)
    holder = uuid4()
    holds.place_hold(request=HoldRequest(version.ref, holder, "deployment"))
    holds.place_hold(request=HoldRequest(version.ref, holder, "deployment"))
    assert selectors.live_holds(version).count() == 1
    ModelArtifact.objects.update(state="marked", marked_at=timezone.now())
    holds.place_hold(request=HoldRequest(version.ref, uuid4(), "another"))
    assert states(version) == ["live"]
    assert holds.release_hold(version=version.ref, holder=holder)
    assert not holds.release_hold(version=version.ref, holder=holder)


def test_marked_bytes_that_are_needed_again_are_rescued(model: RegisteredModel, tmp_path: Path) -> None:
    version = archived(published(model, tmp_path))
    retention.collect(actor="ops")
    ModelVersion.objects.update(state="ready")
    assert retention.collect(actor="ops").rescued == ["editor/1 model model.safetensors"]
    assert states(version) == ["live"]


def test_bytes_shared_by_two_artifacts_are_counted_and_deleted_once(
    model: RegisteredModel, tmp_path: Path, artifact_folder: Path
) -> None:
    version = lifecycle.create_version(model=model, actor="t")
    for name in ("a.safetensors", "b.safetensors"):
        path = weights(tmp_path).path
        publish.put_artifact(version=version, type="model", name=name, source=path, actor="t")
    assert len([p for p in artifact_folder.glob("*/*") if p.is_file()]) == 1
    archived(version)
    now = timezone.now()
    retention.collect(actor="ops", now=now)
    report = retention.collect(actor="ops", now=now + timedelta(days=8))
    assert (len(report.deleted), report.deleted_bytes) == (2, SIZE)
    assert [p for p in artifact_folder.glob("*/*") if p.is_file()] == []


def test_what_dead_writers_left_is_cleared_and_what_is_at_work_is_not(model: RegisteredModel) -> None:
    version = lifecycle.create_version(model=model, actor="t")
    retention.collect(actor="ops")
    for name in ("dead", "working"):
        artifact = upload.begin_upload(version=version, type="model", name=name, actor="t")
        writing = storage.store().create(artifact.key)
        writing.write(b"half")
        writing.commit()
    orphan = storage.store().create(f"{version.pk}/{uuid4()}")
    orphan.write(b"nobody's")
    orphan.commit()
    ModelArtifact.objects.filter(name="dead").update(created_at=timezone.now() - timedelta(days=2))
    ModelArtifact.objects.filter(name="working").update(created_at=timezone.now() + timedelta(days=30))
    assert retention.collect(actor="ops").refused  # the orphan may be another installation's
    later = timezone.now() + timedelta(days=8)
    dry = retention.collect(actor="ops", dry_run=True, now=later)
    assert (len(dry.unfinished), len(dry.orphans), dry.orphan_bytes) == (1, 1, 8)
    report = retention.collect(actor="ops", now=later)
    assert report.unfinished == ["editor/1 model dead"]
    retention.collect(actor="ops", now=later + timedelta(days=2))
    kept = [key for key in storage.store().keys() if "/" in key]  # noqa: SIM118  # a store is not a mapping
    assert kept == [ModelArtifact.objects.get(name="working").key]
