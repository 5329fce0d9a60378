"""Signed archives out and in over HTTP, and the collector: the same checks as the commands make."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from registry.models import ModelArtifact, ModelVersion, RegisteredModel
from registry.transfer import bundle, http_import, signing
from registry.versions import lifecycle
from tests.registry.admin.staff import demoted, staff, with_key
from tests.registry.conftest import PASSED, published, safetensors
from tests.services import web
from tests.waiting import HANG_S
from tests.writers import Reply, Writer, writer
from youman.core.accounts import scopes
from youman.core.errors import TooLarge

pytestmark = pytest.mark.django_db
SIZE = len(safetensors())


@pytest.fixture
def alice(db: None) -> Writer:
    """Staff with the right to everything."""
    return staff("alice")


@pytest.fixture
def version(model: RegisteredModel, tmp_path: Path) -> ModelVersion:
    return published(model, tmp_path)


def archive_of(one: Writer, version: ModelVersion) -> bytes:
    response: object = one.api.get(f"/api/v1/model-versions/{version.pk}/archive")
    assert isinstance(response, StreamingHttpResponse)
    assert response.headers["X-Signed-By"] == signing.public_key()
    return b"".join(_bytes(response))


def _bytes(response: StreamingHttpResponse) -> Iterator[bytes]:
    for piece in response:
        assert isinstance(piece, bytes)
        yield piece


def send(one: Writer, data: bytes, query: str = "", **headers: str) -> Reply:
    kind = "application/octet-stream"
    sent: HttpResponse = one.api.post(f"/api/v1/model-archives{query}", data, content_type=kind, headers=headers)
    return Reply(sent.status_code, json.loads(sent.content), sent.headers)


def changed(data: bytes, name: str, content: bytes) -> bytes:
    """The archive with one entry replaced."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for one in old.namelist():
            new.writestr(one, content if one.startswith(name) else old.read(one))
    return target.getvalue()


def test_a_version_goes_out_and_comes_in(alice: Writer, version: ModelVersion, settings: Settings) -> None:
    data, key = archive_of(alice, version), signing.public_key()
    settings.KEYRING = ["another installation"]
    assert send(alice, data).body["code"] == "signature_refused"
    settings.MODEL_ARCHIVE_KEYS = [key]
    dry = send(alice, data, "?dry_run=true&as=copy")
    assert (dry.status, dry.body["version"], dry.body["signed_by"]) == (200, None, key)
    assert (RegisteredModel.objects.count(), ModelVersion.objects.count()) == (1, 1)
    made = send(alice, data, "?as=copy", **{"X-Content-SHA256": hashlib.sha256(data).hexdigest()})
    assert (made.status, made.body["version"], made.body["state"]) == (201, "copy/1", "ready")
    copy = ModelVersion.objects.get(pk=made.body["id"])
    assert (copy.metrics, copy.gate, copy.created_by) == (version.metrics, version.gate, "alice")
    assert copy.artifacts.get().sha256 == version.artifacts.get().sha256


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("manifest.json", b'{"format": "youman-model", "format_version": 1}', "signature_refused"),
        ("signature.json", b"[]", "signature_refused"),
        ("artifacts/", safetensors(9), "digest_mismatch"),
    ],
)
def test_a_tampered_archive_leaves_nothing_behind(
    alice: Writer, version: ModelVersion, artifact_folder: Path, name: str, content: bytes, code: str
) -> None:
    data = changed(archive_of(alice, version), name, content)
    for query in ("?as=copy", "?as=copy&dry_run=1"):
        refused = send(alice, data, query)
        assert (refused.status, refused.body["code"]) == (400, code)
    assert (RegisteredModel.objects.count(), ModelVersion.objects.count(), ModelArtifact.objects.count()) == (1, 1, 1)
    assert len([path for path in artifact_folder.glob("*/*") if path.is_file()]) == 1


def test_what_is_no_archive_or_not_what_was_announced_is_refused(alice: Writer, version: ModelVersion) -> None:
    data = archive_of(alice, version)
    assert send(alice, data[:-30]).body["code"] == "archive_refused"
    assert send(alice, b"").body["code"] == "archive_refused"
    assert send(alice, data, **{"X-Content-SHA256": "0" * 64}).body["code"] == "digest_mismatch"
    for query in (
        "dry_run=perhaps",
        "dry_run=",
        "dryrun=true",
        "dry_run=true&dry_run=true",
        "as=../up",
        "as=",
        "as=a&as=b",
    ):
        assert send(alice, data, f"?{query}").status == 400
    assert ModelVersion.objects.count() == 1


def test_a_dry_run_stores_nothing_however_true_is_written(
    alice: Writer, version: ModelVersion, settings: Settings
) -> None:
    data = archive_of(alice, version)
    for value in ("true", "True", "TRUE", "1"):
        assert send(alice, data, f"?as=copy&dry_run={value}").status == 200
    assert RegisteredModel.objects.count() == 1
    for value in ("false", "False", "FALSE", "0"):
        assert send(alice, data, f"?as=copy&dry_run={value}").body["version"] == "copy/1"


def test_only_staff_with_the_scope_move_archives_and_collect(alice: Writer, version: ModelVersion) -> None:
    data, path = archive_of(alice, version), f"model-versions/{version.pk}/archive"
    reader, stranger = with_key(alice, (scopes.REGISTRY_READ,)), writer("charlie", "ENTERPRISE")
    clerk = staff("clerk")
    User.objects.filter(username="clerk").update(is_superuser=False)
    assert clerk.post("artifacts/collect", {}).status == 403
    assert (send(reader, data).status, reader.post("artifacts/collect").status) == (403, 403)
    for one in (stranger, demoted(alice)):
        assert (one.get(path).status, send(one, data).status, one.post("artifacts/collect").status) == (403,) * 3
    assert ModelVersion.objects.count() == 1


def test_a_damaged_version_does_not_leave(alice: Writer, version: ModelVersion, artifact_folder: Path) -> None:
    (artifact_folder / ModelArtifact.objects.get().key).write_bytes(b"x")
    refused = alice.get(f"model-versions/{version.pk}/archive")
    assert (refused.status, refused.body["code"]) == (503, "artifact_damaged")
    assert alice.get(f"model-versions/{'0' * 8}{str(version.pk)[8:]}/archive").status == 404


def test_an_archive_larger_than_allowed_is_refused_while_it_comes(alice: Writer, settings: Settings) -> None:
    settings.ARTIFACT_MAX_MB = 1
    intake = http_import.ArchiveIntake(http_import.ImportRequest(), alice.account.user)
    intake.write(bytes(1024 * 1024))
    with pytest.raises(TooLarge, match="import_model"):
        intake.write(b"x")
    intake.discard()


def test_the_collector_is_a_dry_run_unless_told_otherwise(alice: Writer, version: ModelVersion) -> None:
    lifecycle.archive(version=version, actor="t")
    dry = alice.post("artifacts/collect", {}).body
    assert (dry["dry_run"], dry["marked_bytes"], dry["deleted"]) == (True, SIZE, [])
    assert ModelArtifact.objects.get().state == "live"
    done = alice.post("artifacts/collect", {"dry_run": False, "model": "editor"}).body
    assert (done["dry_run"], done["marked"]) == (False, ["editor/1 model model.safetensors"])
    assert alice.post("artifacts/collect", {"dry_run": False}).body["deleted"] == []
    ModelArtifact.objects.update(marked_at=timezone.now() - timedelta(days=8))
    assert alice.post("artifacts/collect").body["deleted_bytes"] == SIZE
    assert alice.post("artifacts/collect", {"dry_run": False}).body["deleted_bytes"] == SIZE
    assert ModelArtifact.objects.get().state == "deleted"
    assert alice.post("artifacts/collect", {"model": "nobody"}).status == 404
    assert alice.post("artifacts/collect", {"grace_days": -1}).status == 400


def test_they_cost_the_same_number_of_queries_with_one_row_and_with_fifty(
    alice: Writer, model: RegisteredModel, tmp_path: Path
) -> None:
    old, version = published(model, tmp_path), lifecycle.create_version(model=model, actor="t")
    lifecycle.archive(version=old, actor="t")

    def row(owner: ModelVersion, name: str, state: str) -> ModelArtifact:
        now = timezone.now()
        return ModelArtifact(
            version=owner, type="model", name=name, key=f"{owner.pk}/{name}", state=state, size=1, sha256="0" * 64,
            format="text", verdict="ok", verified_at=now, created_by="t",
            marked_at=now - timedelta(days=30) if state == "marked" else None,
        )  # fmt: skip

    def fill(first: int, last: int) -> None:
        ModelArtifact.objects.bulk_create(
            row(owner, f"{number}.{state}", state)
            for number in range(first, last)
            for owner, state in ((old, "marked"), (old, "live"), (version, "live"))
        )

    def costs() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as dry:
            assert alice.post("artifacts/collect").status == 200
        with CaptureQueriesContext(connection) as leaving:
            assert alice.api.head(f"/api/v1/model-versions/{version.pk}/archive").status_code == 200
        return len(dry), len(leaving)

    fill(0, 1)
    costs()
    one = costs()
    fill(1, 50)
    assert costs() == one


@pytest.mark.django_db(transaction=True)
def test_over_a_real_server(transactional_db: None, alice: Writer, model: RegisteredModel, tmp_path: Path) -> None:
    published(model, tmp_path, content=safetensors(2_000_000, os.urandom(4)), gate=PASSED)
    version, path = ModelVersion.objects.get(), tmp_path / "out.zip"
    key = {"Authorization": f"Bearer {alice.key}"}
    with (
        web.running(tmp_path / "web.log") as server,
        httpx.Client(base_url=f"{server}/api/v1", headers=key, timeout=HANG_S, trust_env=False) as api,
    ):
        with api.stream("GET", f"/model-versions/{version.pk}/archive") as out, path.open("wb") as file:
            assert (out.status_code, out.headers["Content-Type"]) == (200, "application/zip")
            for piece in out.iter_bytes():
                file.write(piece)
        with path.open("rb") as file:
            made = api.post("/model-archives?as=copy", content=file)
        assert (made.status_code, made.json()["version"]) == (201, "copy/1")
        stranger = httpx.post(f"{server}/api/v1/model-archives", content=b"x", trust_env=False, timeout=HANG_S)
        assert (stranger.status_code, stranger.json()["code"]) == (401, "not_authenticated")
        assert api.post("/model-archives", content=path.read_bytes()[:-9]).json()["code"] == "archive_refused"
        for query in ("dryrun=true", "dry_run=yes", "a=1&" * 1_001):
            refused = api.post(f"/model-archives?{query}", content=path.read_bytes())
            assert (refused.status_code, refused.json()["code"]) == (400, "invalid_input")
        assert ModelVersion.objects.count() == 2
        dry = api.post("/model-archives?dry_run=True", content=path.read_bytes())
        assert (dry.status_code, dry.json()["dry_run"]) == (200, True)
    with path.open("rb") as file:
        assert bundle.import_version(file=file, actor="t", dry_run=True).contents.name == "editor/1"
