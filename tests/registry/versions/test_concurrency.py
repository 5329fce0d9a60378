"""Writers at the same time, with real threads on a real database: nothing lost, nothing doubled, no gap."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

from registry.artifacts import retention, upload
from registry.contracts import HoldRequest
from registry.errors import NotDeployable
from registry.models import Alias, AliasEvent, ModelArtifact, ModelVersion, RegisteredModel
from registry.states import ArtifactState
from registry.versions import holds, lifecycle, promotion, publish
from tests.registry.conftest import published, safetensors
from youman.core.errors import YoumanError

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 16
NO_GRACE = timedelta()


def together(count: int, do: Callable[[int], object]) -> list[object]:
    """`do(0)` … `do(count - 1)` in threads that start at the same moment; our own errors are results."""
    start = threading.Barrier(count)

    def run(number: int) -> object:
        start.wait()
        try:
            return do(number)
        except YoumanError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.fixture
def model(transactional_db: None) -> RegisteredModel:
    return lifecycle.register_model(name="editor", task="humanize", actor="tests")


def test_sixteen_writers_number_without_gaps(model: RegisteredModel) -> None:
    def create(number: int) -> list[int]:
        return [lifecycle.create_version(model=model, actor=f"writer {number}").number for _ in range(8)]

    found = sorted(number for numbers in together(WRITERS, create) for number in numbers)  # type: ignore[attr-defined]
    assert found == list(range(1, WRITERS * 8 + 1))
    assert ModelVersion.objects.count() == WRITERS * 8


def test_concurrent_promotions_are_one_after_the_other_none_lost_none_doubled(
    model: RegisteredModel, tmp_path: Path
) -> None:
    versions = [published(model, tmp_path / str(number)) for number in range(12)]
    moved = together(12, lambda n: promotion.promote(version=versions[n], alias="champion", actor="ops", reason=str(n)))
    assert not [one for one in moved if isinstance(one, YoumanError)]
    events = list(AliasEvent.objects.order_by("created_at", "id"))
    assert sorted(event.after_id for event in events if event.after_id) == sorted(one.pk for one in versions)
    assert [event.before_id for event in events] == [None, *(event.after_id for event in events[:-1])]
    assert len({event.created_at for event in events}) == 12
    assert Alias.objects.get().version_id == events[-1].after_id


def test_of_many_who_expect_the_same_place_one_moves(model: RegisteredModel, tmp_path: Path) -> None:
    versions = [published(model, tmp_path / str(number)) for number in range(8)]
    moved = together(8, lambda n: promotion.promote(version=versions[n], alias="canary", actor="ops", expected=0))
    assert sum(not isinstance(one, YoumanError) for one in moved) == 1
    assert AliasEvent.objects.count() == 1


def test_promotion_and_archiving_at_once_never_leave_an_alias_on_an_archived_version(
    model: RegisteredModel, tmp_path: Path
) -> None:
    for turn in range(6):
        version = published(model, tmp_path / str(turn))

        def act(number: int, version: ModelVersion = version, turn: int = turn) -> object:
            if number % 2:
                return lifecycle.archive(version=version, actor="ops")
            return promotion.promote(version=version, alias=f"a{turn}", actor="ops")

        together(4, act)
        version.refresh_from_db()
        assert (version.state == "archived") != Alias.objects.filter(version=version).exists()


def test_a_hold_and_the_collector_at_once_never_lose_held_bytes(
    model: RegisteredModel, tmp_path: Path, artifact_folder: Path
) -> None:
    for turn in range(6):
        version = published(model, tmp_path / str(turn), content=safetensors(turn + 1))
        held: list[object] = []

        def act(number: int, version: ModelVersion = version, held: list[object] = held) -> object:
            if number == 0:
                held.append(holds.place_hold(request=HoldRequest(version.ref, uuid4(), "deployment")))
                return None
            if number == 1:
                lifecycle.archive(version=version, actor="ops")
            return retention.collect(actor="ops", grace=NO_GRACE)

        together(3, act)
        retention.collect(actor="ops", grace=NO_GRACE)
        artifact = ModelArtifact.objects.get(version=version)
        there = (artifact_folder / artifact.key).exists()
        if held:
            assert (artifact.state, there) == (ArtifactState.LIVE, True)
        else:
            assert there == (artifact.state in {ArtifactState.LIVE, ArtifactState.MARKED})


def test_the_same_file_sent_by_many_at_once_is_one_artifact_stored_once(
    model: RegisteredModel, tmp_path: Path, artifact_folder: Path
) -> None:
    version = lifecycle.create_version(model=model, actor="tests")
    path = tmp_path / "w.safetensors"
    path.write_bytes(safetensors(1_000))

    def send(number: int) -> ModelArtifact:
        name = "same" if number % 2 else f"other-{number}"
        return publish.put_artifact(version=version, type="model", name=name, source=path, actor="tests")

    sent = together(8, send)
    assert not [one for one in sent if isinstance(one, YoumanError)]
    live = ModelArtifact.objects.filter(state="live")
    assert sorted(live.values_list("name", flat=True)) == ["other-0", "other-2", "other-4", "other-6", "same"]
    assert len([path for path in artifact_folder.rglob("*") if path.is_file() and path.name != "owner.json"]) == 1
    assert len(set(live.values_list("key", flat=True))) == 1


def test_an_archived_version_takes_no_hold(model: RegisteredModel, tmp_path: Path) -> None:
    version = published(model, tmp_path)
    lifecycle.archive(version=version, actor="ops")
    with pytest.raises(NotDeployable):
        holds.place_hold(request=HoldRequest(version.ref, uuid4(), "deployment"))
    version.refresh_from_db()
    with pytest.raises(NotDeployable):
        upload.begin_upload(version=version, type="report", name="late.json", actor="ops")
