"""An archive that is posted again is the same archive, whatever happened in between."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from registry.models import ModelArtifact, ModelVersion, RegisteredModel
from registry.transfer import bundle
from registry.versions import lifecycle, publish
from tests.registry.conftest import published, safetensors
from youman.core.errors import TooLarge

pytestmark = pytest.mark.django_db


def archive_of(version: ModelVersion) -> bytes:
    return b"".join(bundle.outgoing_archive(version).pieces)


def imported(data: bytes, name: str = "copy") -> tuple[str, bool, str]:
    found = bundle.import_version(file=io.BytesIO(data), actor="t", name=name)
    assert found.version is not None
    return str(found.version), found.created, found.version.state


def packed_again(data: bytes) -> bytes:
    """The same entries in another ZIP, in another order and compressed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for one in reversed(old.namelist()):
            new.writestr(one, old.read(one))
    return target.getvalue()


def annotated(version: ModelVersion) -> None:
    lifecycle.annotate(version=version, actor="t", changes={"notes": "later", "tags": ["a"]})


def deprecated(version: ModelVersion) -> None:
    lifecycle.deprecate(version=version, actor="t")


BETWEEN: list[Callable[[ModelVersion], None]] = [lambda version: None, annotated, deprecated]


@pytest.mark.parametrize("change", BETWEEN, ids=["nothing", "annotated", "deprecated"])
@pytest.mark.parametrize("again", [lambda data: data, packed_again], ids=["same file", "packed again"])
@pytest.mark.parametrize("name", ["copy", "", "third"])
def test_a_later_export_of_the_same_version_is_the_same_archive(
    model: RegisteredModel, tmp_path: Path, change: Callable[[ModelVersion], None],
    again: Callable[[bytes], bytes], name: str,
) -> None:  # fmt: skip
    version = published(model, tmp_path)
    first = imported(archive_of(version), name)
    change(version)
    assert imported(again(archive_of(version)), name) == (first[0], False, "ready")
    assert ModelVersion.objects.count() == 2


def test_another_version_or_another_file_is_another_archive(model: RegisteredModel, tmp_path: Path) -> None:
    version = published(model, tmp_path)
    other = published(model, tmp_path)
    assert imported(archive_of(version))[0] == "copy/1"
    assert imported(archive_of(other))[0] == "copy/2"
    report = io.BytesIO(b'{"a": 1}')
    publish.put_artifact(version=version, type="report", name="r.json", source=report, actor="t")
    assert imported(archive_of(version))[:2] == ("copy/3", True)
    assert imported(archive_of(version), "elsewhere") == ("elsewhere/1", True, "ready")


def test_an_archived_import_is_imported_anew(model: RegisteredModel, tmp_path: Path) -> None:
    data = archive_of(published(model, tmp_path))
    imported(data)
    lifecycle.archive(version=ModelVersion.objects.get(model__name="copy"), actor="t")
    assert imported(data) == ("copy/2", True, "ready")
    assert imported(data) == ("copy/2", False, "ready")


@pytest.mark.parametrize("stored", [0, 1, 2])
def test_an_import_that_was_killed_is_finished_by_the_next(model: RegisteredModel, tmp_path: Path, stored: int) -> None:
    version = lifecycle.create_version(model=model, actor="t")
    for number in range(2):
        content = io.BytesIO(safetensors(4 + number))
        publish.put_artifact(version=version, type="model", name=f"{number}.safetensors", source=content, actor="t")
    data = archive_of(lifecycle.mark_ready(version=version, actor="t"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        contents = bundle._contents(archive)
        begun, created, _ = bundle._begin(contents, "t", "copy", bundle._spec(contents))
        for one in contents.artifacts[:stored]:
            bundle._import_artifact(archive, begun, one, "t")
    assert created
    assert imported(data) == ("copy/1", False, "ready")
    assert ModelArtifact.objects.filter(version=begun, state="live").count() == 2


def test_a_refused_file_leaves_nothing(model: RegisteredModel, tmp_path: Path, settings: Settings) -> None:
    data = archive_of(published(model, tmp_path, content=safetensors(300_000)))
    settings.ARTIFACT_MAX_MB = 1
    with pytest.raises(TooLarge):
        imported(data)
    assert list(RegisteredModel.objects.values_list("name", flat=True)) == ["editor"]
    assert ModelArtifact.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_posted_four_times_at_once_it_is_one_version(
    transactional_db: None, model: RegisteredModel, tmp_path: Path
) -> None:
    data = archive_of(published(model, tmp_path))

    def post() -> tuple[str, bool, str]:
        try:
            return imported(data)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = [one.result() for one in [pool.submit(post) for _ in range(4)]]
    assert {(name, state) for name, _, state in found} == {("copy/1", "ready")}
    assert sum(created for _, created, _ in found) == 1
    assert ModelVersion.objects.filter(model__name="copy").count() == 1
