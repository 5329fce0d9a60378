"""The uploading worker dies at any point: no live artifact that does not verify, no version that points at nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django.fixtures import Settings

from registry.artifacts import multipart, retention, storage, verification
from registry.artifacts.upload import ArtifactIntake
from registry.models import ModelArtifact, Upload
from registry.versions import lifecycle
from tests.buckets import STRICT, keep_in_folder, store_variables
from tests.registry.conftest import safetensors
from tests.waiting import HANG_S
from tests.workers import worker
from tests.workers.worker import Worker, wait_until
from youman.core.errors import StaleAttempt
from youman.core.runtime import queue

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
PART = 6_000_000
POINTS = 10
LATER = timedelta(minutes=2)


@pytest.fixture
def artifact_folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "artifacts"
    keep_in_folder(settings, folder)
    monkeypatch.setenv("MODEL_ARTIFACTS_PATH", str(folder))
    return folder


def queued(content: bytes, name: str) -> Upload:
    model = lifecycle.register_model(name=name, task="humanize", actor="t")
    version = lifecycle.create_version(model=model, actor="t")
    upload = multipart.open_upload(version=version, type="model", name="m.safetensors", actor="t", size=len(content))
    for number, start in enumerate(range(0, len(content), PART), 1):
        multipart.put_part(upload=upload, number=number, source=BytesIO(content[start : start + PART]))
    return multipart.complete_upload(upload=upload)


def state(pk: UUID) -> str:
    return Upload.objects.values_list("state", flat=True).get(pk=pk)


def everything_live_verifies() -> bool:
    live = ModelArtifact.objects.filter(state="live")
    return all(verification.examine_artifact(artifact)[0] == "ok" for artifact in live)


def doomed(at: int = 0, steps: Path | None = None) -> Worker:
    return worker.start("uploads", app="tests.workers.killed_at_step", DIE_AT=str(at), STEPS=str(steps or ""))


def assembled(upload: Upload, here: Worker) -> None:
    try:
        wait_until(lambda: state(upload.pk) == "completed" and not upload.parts.exists(), here)
    finally:
        here.stop()


def steps_of_an_upload(content: bytes, folder: Path) -> list[str]:
    """What an undisturbed one does, in order."""
    assembled(queued(content, "undisturbed"), doomed(steps=folder / "steps"))
    return (folder / "steps").read_text().split()


def enqueue_again(upload: Upload) -> None:
    """As beat does it: work of dead workers is taken back, and what still waits is enqueued again."""
    later = timezone.now() + LATER
    before = state(upload.pk)
    waits = min(1, queue.depth("uploads"))  # a worker that died before it took the message leaves it for the next
    assert (multipart.reap(later), multipart.sweep(later)) == ((1, 0) if before == "running" else (0, 1 - waits))
    assert state(upload.pk) == "queued"


def no_version_points_at_nothing() -> bool:
    live = ModelArtifact.objects.filter(state="live").values_list("key", "size")
    return all(storage.store().size(key) == size for key, size in live)


@pytest.mark.deep
@pytest.mark.parametrize("place", ["files", STRICT])
def test_killed_at_ten_points_in_a_row_nothing_half_done_is_live(
    artifact_folder: Path, use: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    use(place)
    for name, value in store_variables(django_settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(multipart, "MAX_RECOVERIES", POINTS + 1)
    content = safetensors(5_000_000, os.urandom(4))
    steps = steps_of_an_upload(content, tmp_path)
    points = [1 + number * (len(steps) - 1) // (POINTS - 1) for number in range(POINTS)]
    assert (steps[0], steps[-1]) == ("UPDATE", "COMMIT")
    upload = queued(content, "editor")
    for number, point in enumerate(points):
        here = doomed(at=point)
        here.child.wait(HANG_S)
        assert here.child.returncode == -signal.SIGKILL
        assert everything_live_verifies()
        assert no_version_points_at_nothing()
        if state(upload.pk) == "completed":
            upload = queued(content, f"editor-{number}")
        else:
            assert not ModelArtifact.objects.filter(upload=upload, state="live").exists()
            enqueue_again(upload)
    assembled(upload, worker.start("uploads"))
    assert everything_live_verifies()
    assert ModelArtifact.objects.filter(state="pending").count() == 0
    retention.collect(actor="t", now=timezone.now() + timedelta(days=2))
    retention.collect(actor="t", now=timezone.now() + timedelta(days=4))
    kept = set(ModelArtifact.objects.filter(state="live").values_list("key", flat=True))
    assert {key for key in storage.store().keys() if "/" in key} == kept  # noqa: SIM118  # a store is not a mapping
    assert storage.store().tidy(timezone.now() + timedelta(days=2), lambda key: True) == 0


def test_a_worker_that_lost_the_upload_changes_nothing(artifact_folder: Path, db: None) -> None:
    upload = queued(safetensors(10), "editor")
    stale = multipart._claim(upload.pk)
    assert stale is not None
    intake = ArtifactIntake(stale.artifact, attempt=stale.attempt)
    multipart._pour(stale, intake)
    assert multipart.reap(timezone.now() + LATER) == 1
    multipart.assemble(upload.pk)
    with pytest.raises(StaleAttempt):
        multipart._beat(stale, 1)
    with pytest.raises(StaleAttempt):
        multipart._finish(stale, intake)
    intake.abort()
    assert state(upload.pk) == "completed"
    assert everything_live_verifies()
    assert ModelArtifact.objects.filter(state="live").count() == 1


def test_an_upload_waits_while_the_store_is_away(artifact_folder: Path, settings: Settings, tmp_path: Path) -> None:
    upload = queued(safetensors(10), "editor")
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the folder should be")
    keep_in_folder(settings, blocked)
    for _ in range(multipart.MAX_RECOVERIES + 2):
        multipart.assemble(upload.pk)
        assert state(upload.pk) == "queued"
    keep_in_folder(settings, artifact_folder)
    multipart.assemble(upload.pk)
    assert state(upload.pk) == "completed"
    assert everything_live_verifies()


def test_an_upload_that_kills_every_worker_fails_in_the_end(artifact_folder: Path, db: None) -> None:
    upload = queued(safetensors(10), "editor")
    for _ in range(multipart.MAX_RECOVERIES):
        assert multipart._claim(upload.pk) is not None
        multipart.reap(timezone.now() + LATER)
    assert multipart._claim(upload.pk) is not None
    multipart.reap(timezone.now() + LATER)
    row = Upload.objects.get()
    assert (row.state, row.error_code, ModelArtifact.objects.get().state) == ("failed", "worker_lost", "deleted")
    retention.collect(actor="t", now=timezone.now() + timedelta(days=2))
    assert [key for key in storage.store().keys() if "/" in key] == []  # noqa: SIM118  # a store is not a mapping
