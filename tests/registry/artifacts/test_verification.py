"""Damage is found, named, flagged; what is flagged is never handed out or promoted."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from registry import selectors
from registry.artifacts import storage, verification
from registry.errors import ArtifactDamaged, NotDeployable
from registry.models import ModelArtifact, ModelVersion, RegisteredModel
from registry.versions import promotion
from tests.buckets import PLACES
from tests.registry.conftest import published, safetensors
from youman.core.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, use: Callable[[str], None]) -> None:
    """The folder, and a bucket of either server."""
    use(request.param)


def key_of(version: ModelVersion) -> str:
    return ModelArtifact.objects.get(version=version).key


def stored(key: str) -> bytes:
    with storage.store().open(key) as file:
        return file.read()


def overwrite(key: str, data: bytes) -> None:
    """Behind the registry's back."""
    writing = storage.store().create(key)
    writing.write(data)
    writing.commit()


def flip(key: str, at: int) -> None:
    data = bytearray(stored(key))
    data[at % len(data)] ^= 1
    overwrite(key, bytes(data))


def test_one_flipped_bit_in_each_of_a_hundred_artifacts_is_found_a_hundred_times(
    model: RegisteredModel, tmp_path: Path, place: None
) -> None:
    versions = [published(model, tmp_path, content=safetensors(n + 1, os.urandom(4))) for n in range(100)]
    later = timezone.now() + timedelta(days=2)
    assert {one.verdict for one in verification.scrub(now=later)} == {"ok"}
    for number, version in enumerate(versions):
        flip(key_of(version), number * 7919)
    found = verification.scrub(now=later + timedelta(days=2))
    assert [one.verdict for one in found] == ["corrupt"] * 100
    assert ModelVersion.objects.exclude(fault="").count() == 100


@pytest.mark.parametrize("verdict", ["corrupt", "truncated", "missing", "swapped"])
def test_each_kind_of_damage_is_named_and_makes_the_version_undeployable(
    model: RegisteredModel, root: User, tmp_path: Path, place: None, verdict: str
) -> None:
    good, bad = (published(model, tmp_path, content=safetensors(n)) for n in (4, 5))
    key = key_of(bad)
    match verdict:
        case "corrupt":
            flip(key, 30)
        case "truncated":
            overwrite(key, stored(key)[:-1])
        case "missing":
            storage.store().delete(key)
        case "swapped":
            overwrite(key, stored(key_of(good)))
    assert [one.verdict for one in verification.verify_version(version=bad, actor=root)] == [verdict]
    bad.refresh_from_db()
    assert bad.fault.startswith("model.safetensors")
    with pytest.raises(NotDeployable):
        promotion.promote(version=bad, alias="canary", actor=root)
    with pytest.raises(ArtifactDamaged):
        storage.fetch_verified(selectors.artifact_ref(selectors.live_artifacts(bad)[0]), tmp_path / "fetched")
    assert [one.deployable for one in ModelVersion.objects.filter(pk__in=[good.pk, bad.pk]).order_by("number")] == [
        True,
        False,
    ]
    assert AuditEvent.objects.filter(verb="found damaged").count() == 1


def test_what_was_mended_is_deployable_again(model: RegisteredModel, root: User, tmp_path: Path) -> None:
    version = published(model, tmp_path)
    before = stored(key_of(version))
    storage.store().delete(key_of(version))
    verification.verify_version(version=version, actor=root)
    overwrite(key_of(version), before)
    assert [one.ok for one in verification.verify_version(version=version, actor=root)] == [True]
    version.refresh_from_db()
    assert (version.fault, version.deployable) == ("", True)


def test_the_scrub_goes_round_within_its_budget(model: RegisteredModel, tmp_path: Path) -> None:
    for number in range(5):
        published(model, tmp_path, content=safetensors(number + 1))
    moment = timezone.now() + timedelta(days=2)
    assert len(verification.scrub(now=timezone.now())) == 0
    assert len(verification.scrub(now=moment, limit=3)) == 3
    assert len(verification.scrub(now=moment, max_bytes=1)) == 1
    seen = verification.scrub(now=moment + timedelta(days=2))
    assert len(seen) == 5


def test_loads_hand_out_exactly_what_was_hashed(model: RegisteredModel, tmp_path: Path) -> None:
    version = published(model, tmp_path)
    ref = selectors.artifact_ref(selectors.live_artifacts(version, "model")[0])
    with storage.open_verified(ref) as file:
        assert file.read() == safetensors()
    path = storage.fetch_verified(ref, tmp_path / "cache")
    assert path.read_bytes() == safetensors()
    flip(key_of(version), 50)
    with pytest.raises(ArtifactDamaged):
        storage.fetch_verified(ref, tmp_path / "other")
    assert list((tmp_path / "other").iterdir()) == []
