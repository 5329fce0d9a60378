"""A copy, an older dump or a second installation in the same store deletes nothing that another one needs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from itertools import permutations
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from registry.artifacts import multipart, ownership, retention, storage, upload
from registry.checks import check_ownership
from registry.errors import StoreUnavailable
from registry.models import ModelArtifact, ModelVersion, RegisteredModel, StoreOwnership, Upload
from registry.versions import lifecycle
from tests.buckets import PLACES
from tests.registry.conftest import published, safetensors
from tests.registry.installations import Installations, live_keys
from youman.core.runtime import heartbeats
from youman.dashboard.overview import board

pytestmark = pytest.mark.django_db
Use = Callable[[str], None]


@pytest.fixture
def installations() -> Installations:
    return Installations()


def store_version(folder: Path) -> ModelVersion:
    """The next version of `editor`, with other bytes than any before."""
    return published(RegisteredModel.objects.get(), folder, content=safetensors(4, os.urandom(4)))


def stored() -> set[str]:
    return {key for key in storage.store().keys() if ownership.owner_of(key) is not None}  # noqa: SIM118


def put(key: str, data: bytes) -> None:
    writing = storage.store().create(key)
    writing.write(data)
    writing.commit()


def collected(**options: object) -> tuple[bool, list[str], list[str]]:
    report = retention.collect(actor="t", **options)  # type: ignore[arg-type]
    return bool(report.refused), report.deleted, report.orphans


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("days", [0, 1, 8, 400])
def test_an_older_dump_deletes_nothing_that_was_stored_since(
    model: RegisteredModel, tmp_path: Path, use: Use, installations: Installations, place: str, days: int
) -> None:
    use(place)
    store_version(tmp_path)
    installations.copy_to("copy")
    for _ in range(8):
        store_version(tmp_path)
    needed = live_keys()
    installations.use("copy")
    assert len(live_keys()) == 1
    assert collected(now=timezone.now() + timedelta(days=days), grace=timedelta(0)) == (True, [], [])
    assert needed == stored()
    installations.use("production")
    assert collected() == (True, [], [])  # the copy has left its word: both wait for a person
    ownership.claim(actor="ops")
    assert collected() == (False, [], [])


_COPY_ACTS = ("publish", "archive", "collect", "abandon")


@pytest.mark.parametrize("copy_first", [True, False], ids=["copy first", "production first"])
@pytest.mark.parametrize("acts", list(permutations(_COPY_ACTS)), ids="-".join)
def test_whatever_a_copy_does_production_loses_nothing(
    model: RegisteredModel, tmp_path: Path, installations: Installations, acts: tuple[str, ...], copy_first: bool
) -> None:
    store_version(tmp_path)
    draft = lifecycle.create_version(model=model, actor="t")
    begun = multipart.open_upload(version=draft, type="model", name="m.safetensors", actor="t")
    multipart.put_part(upload=begun, number=1, source=_part())
    installations.copy_to("copy")
    for number, act in enumerate(acts):
        now = timezone.now() + timedelta(days=5 * number)
        turns = ["copy", "production"] if copy_first else ["production", "copy"]
        for name in turns:
            installations.use(name)
            if name == "production":
                retention.collect(actor="t", now=now)
            else:
                _act_as_copy(act, tmp_path, begun)
                retention.collect(actor="t", now=now)
    installations.use("production")
    multipart.complete_upload(upload=begun)
    multipart.assemble(begun.pk)
    assert multipart.upload_by_id(begun.pk).state == "completed"
    assert live_keys() <= stored()


def _part() -> BytesIO:
    return BytesIO(safetensors(8, os.urandom(4)))


def _act_as_copy(act: str, folder: Path, begun: Upload) -> None:
    if act == "publish":
        store_version(folder)
    elif act == "archive":
        lifecycle.archive(version=ModelVersion.objects.get(number=1), actor="t")
    elif act == "abandon":
        multipart.abandon_upload(upload=begun)


def test_a_copy_does_not_end_an_upload_that_production_has_finished(
    model: RegisteredModel, tmp_path: Path, installations: Installations
) -> None:
    store_version(tmp_path)
    version = lifecycle.create_version(model=model, actor="t")
    pending = upload.begin_upload(version=version, type="model", name="late.safetensors", actor="t")
    installations.copy_to("copy")
    intake = upload.ArtifactIntake(pending)
    intake.write(safetensors(6))
    intake.finish(actor="t")
    installations.use("copy")
    later = timezone.now() + timedelta(days=2)
    retention.collect(actor="t", now=later)
    assert upload.end_pending(ModelArtifact.objects.get(pk=pending.pk), "gone")
    retention.collect(actor="t", now=later)
    assert storage.store().size(pending.key) == len(safetensors(6))


def test_a_copy_that_assembles_the_same_upload_harms_no_byte_of_production(
    model: RegisteredModel, tmp_path: Path, installations: Installations
) -> None:
    draft = lifecycle.create_version(model=model, actor="t")
    begun = multipart.open_upload(version=draft, type="model", name="m.safetensors", actor="t")
    multipart.put_part(upload=begun, number=1, source=_part())
    multipart.complete_upload(upload=begun)
    installations.copy_to("copy")
    multipart.assemble(begun.pk)
    installations.use("copy")
    multipart.assemble(begun.pk)
    assert multipart.upload_by_id(begun.pk).state == "completed"
    copies = live_keys()
    installations.use("production")
    artifact = ModelArtifact.objects.get(version=draft)
    assert (artifact.state, storage.store().size(artifact.key)) == ("live", artifact.size)
    assert copies & live_keys() == set()


def test_a_dump_in_another_cluster_is_known_as_a_copy_before_anything_was_stored(
    model: RegisteredModel, tmp_path: Path, installations: Installations
) -> None:
    store_version(tmp_path)
    installations.copy_to("copy")
    installations.use("copy")
    StoreOwnership.objects.update(database="postgresql:1:1")
    assert ownership.examine().verdict == "copy"
    assert collected() == (True, [], [])
    installations.use("production")
    assert collected() == (False, [], [])  # a copy that stores nothing disturbs nobody


@pytest.mark.parametrize("place", PLACES)
def test_two_installations_in_one_store_by_mistake_delete_nothing(
    model: RegisteredModel, tmp_path: Path, use: Use, installations: Installations, place: str
) -> None:
    use(place)
    store_version(tmp_path)
    installations.empty("second")
    installations.use("second")
    lifecycle.register_model(name="editor", task="humanize", actor="t")
    store_version(tmp_path)
    second = live_keys()
    later = timezone.now() + timedelta(days=400)
    assert collected(now=later) == (True, [], [])
    installations.use("production")
    assert collected(now=later) == (True, [], [])
    assert second | live_keys() == stored()


def test_a_restored_production_keeps_what_was_stored_since_until_a_person_decides(
    model: RegisteredModel, tmp_path: Path, installations: Installations, artifact_folder: Path
) -> None:
    store_version(tmp_path)
    installations.copy_to("dump")
    store_version(tmp_path)
    lost = live_keys()
    installations.restore("dump")
    lost -= live_keys()
    assert collected(now=timezone.now() + timedelta(days=30)) == (True, [], [])
    call_command("claim_artifacts", stdout=StringIO())
    assert collected() == (True, [], [])  # what the dump does not know is younger than a week
    later = timezone.now() + timedelta(days=30)
    assert collected(now=later) == (False, [], [])
    assert retention.collect(actor="t", now=later).unknown == sorted(lost)
    assert collected(now=later, unknown=True) == (False, [], sorted(lost))
    assert stored() == live_keys()


BROKEN_MARKS = [b"", b"{", b"null", b"[]", b"{}", b'{"format": "other"}', b"\xff\xfe", b"x" * 100_000]


@pytest.mark.parametrize("data", BROKEN_MARKS, ids=lambda data: repr(data[:12]))
def test_an_unreadable_owner_stops_the_collector(model: RegisteredModel, tmp_path: Path, data: bytes) -> None:
    version = store_version(tmp_path)
    put(ownership.OWNER_KEY, data)
    lifecycle.archive(version=version, actor="t")
    assert collected(grace=timedelta(0)) == (True, [], [])
    assert ownership.examine().verdict == "unreadable"
    ownership.claim(actor="ops")
    assert collected() == (False, [], [])


@pytest.mark.parametrize(
    "change", [{"token": str(uuid4())}, {"installation": str(uuid4()), "token": str(uuid4())}, {"token": "none"}]
)
def test_another_owner_stops_the_collector(model: RegisteredModel, tmp_path: Path, change: dict[str, str]) -> None:
    store_version(tmp_path)
    with storage.store().open(ownership.OWNER_KEY) as file:
        mark = json.loads(file.read())
    put(ownership.OWNER_KEY, json.dumps(mark | change).encode())
    assert collected() == (True, [], [])


def test_a_lost_owner_stops_the_collector_until_it_is_claimed(model: RegisteredModel, tmp_path: Path) -> None:
    store_version(tmp_path)
    storage.store().delete(ownership.OWNER_KEY)
    store_version(tmp_path)
    assert (ownership.examine().verdict, collected()) == ("lost", (True, [], []))
    ownership.claim(actor="ops")
    assert collected() == (False, [], [])


def test_a_store_that_refuses_writes_loses_nothing(
    model: RegisteredModel, tmp_path: Path, artifact_folder: Path
) -> None:
    lifecycle.archive(version=store_version(tmp_path), actor="t")
    (artifact_folder / ".incoming").rmdir()
    (artifact_folder / ".incoming").write_text("no folder, so nothing can be written")
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        retention.collect(actor="t", grace=timedelta(0))
    assert live_keys() == stored()


def test_files_that_are_not_artifacts_stay(model: RegisteredModel, tmp_path: Path) -> None:
    store_version(tmp_path)
    others = {"backup/dump.sql", "README", f"{uuid4()}/notes.txt", "parts/list.txt"}
    for key in others:
        put(key, b"another program's")
    assert collected(now=timezone.now() + timedelta(days=400), unknown=True) == (False, [], [])
    assert others <= set(storage.store().keys())


def test_objects_of_unknown_owners_are_kept_and_the_young_ones_stop_the_round(
    model: RegisteredModel, tmp_path: Path
) -> None:
    version = store_version(tmp_path)
    strange, ours = f"{uuid4()}/{uuid4()}", f"{version.pk}/{uuid4()}"
    put(strange, b"of a version that was never here")
    put(ours, b"of a version that is here")
    later = timezone.now() + timedelta(days=8)
    assert collected() == (True, [], [])
    assert collected(now=later) == (False, [], [ours])
    assert retention.collect(actor="t", now=later).unknown == [strange]


def test_doctor_and_command_say_why_nothing_is_deleted(model: RegisteredModel, tmp_path: Path) -> None:
    store_version(tmp_path)
    assert check_ownership(None, ["default"]) == []
    storage.store().delete(ownership.OWNER_KEY)
    assert [one.id for one in check_ownership(None, ["default"])] == ["registry.W001"]
    with pytest.raises(CommandError, match=r"Nothing was deleted: .*claim_artifacts"):
        call_command("prune_artifacts", stdout=StringIO())
    out = StringIO()
    call_command("claim_artifacts", stdout=out)
    assert "lacks owner.json" in out.getvalue()
    call_command("prune_artifacts", stdout=StringIO())


def test_the_first_page_of_the_admin_says_so_too(model: RegisteredModel, tmp_path: Path) -> None:
    store_version(tmp_path)
    storage.store().delete(ownership.OWNER_KEY)
    collected()
    assert "claim_artifacts" in ownership.last_refusal()
    heartbeats.send(heartbeats.expected())
    assert [one.url for one in board(User(is_staff=True, is_superuser=True)).alerts] == ["registry/modelartifact/"]
    ownership.claim(actor="ops")
    collected()
    assert ownership.last_refusal() == ""
