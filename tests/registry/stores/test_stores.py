"""One suite over every place for bytes: the file system and two real S3-protocol servers."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from registry.artifacts import storage
from registry.errors import StorageFull, StoreUnavailable
from registry.stores.base import Store
from registry.stores.files import FileStore
from registry.stores.s3 import S3Store
from tests.buckets import BUCKETS, PLACES, BucketAt, set_credentials
from tests.services import s3, swift
from tests.services.ports import free_port
from tests.waiting import HANG_S
from youman.core.errors import NotFound

MIB = 1024 * 1024
BIG = os.urandom(MIB) * 19 + b"end"  # three parts of 8 MiB


@dataclass
class Broken:
    """A store behind a proxy that fails as `faults` says, and the same one without it."""

    store: S3Store
    faults: s3.Faults
    behind: S3Store


@pytest.fixture(params=BUCKETS)
def broken(request: pytest.FixtureRequest, bucket_at: BucketAt) -> Iterator[Broken]:
    bucket = bucket_at(request.param)
    with s3.faulty(bucket.address) as (address, faults):
        yield Broken(bucket.store(address, timeout_s=HANG_S), faults, bucket.store())


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, bucket_at: BucketAt, tmp_path: Path) -> Store:
    return FileStore(tmp_path / "store") if request.param == "files" else bucket_at(request.param).store()


def put(place: Store, key: str, data: bytes) -> None:
    writing = place.create(key)
    for start in range(0, len(data), MIB):
        writing.write(data[start : start + MIB])
    writing.commit()


def read(place: Store, key: str) -> bytes:
    with place.open(key) as file:
        return file.read()


@pytest.mark.parametrize("data", [b"x", b"small" * 100, BIG], ids=["one byte", "small", "three parts"])
def test_what_was_written_is_read(place: Store, data: bytes) -> None:
    key = f"v/{hashlib.sha256(data).hexdigest()}"
    put(place, key, data)
    assert place.size(key) == len(data)
    assert hashlib.sha256(read(place, key)).digest() == hashlib.sha256(data).digest()


def test_an_object_is_read_from_anywhere(place: Store) -> None:
    put(place, "v/seek", BIG)
    with place.open("v/seek") as file:
        assert file.seek(0, 2) == len(BIG)
        file.seek(-3, 2)
        assert file.read() == b"end"
        file.seek(5)
        assert file.read(10) == BIG[5:15]
        file.seek(9 * MIB)
        assert file.read(4) == BIG[9 * MIB : 9 * MIB + 4]


def test_before_the_commit_and_after_an_abort_nothing_is_there(place: Store) -> None:
    writing = place.create("v/half")
    writing.write(BIG)
    assert place.size("v/half") is None
    writing.abort()
    assert place.size("v/half") is None
    with pytest.raises(NotFound):
        place.open("v/half")
    assert "v/half" not in list(place.keys())


def test_deleting_is_idempotent_and_listing_shows_the_rest(place: Store) -> None:
    for name in ("a", "b"):
        put(place, f"list/{name}", b"x")
    assert sorted(place.keys("list/")) == ["list/a", "list/b"]
    place.delete("list/a")
    place.delete("list/a")
    assert list(place.keys("list/")) == ["list/b"]
    assert place.size("list/a") is None


def test_what_a_dead_writer_left_is_tidied(place: Store) -> None:
    writing = place.create("v/dead")
    writing.write(BIG)
    assert (
        place.tidy(datetime(2009, 1, 1, tzinfo=UTC), lambda key: True) == 0
    )  # moto says that every upload began in 2010
    assert place.tidy(timezone.now() + timedelta(hours=1), lambda key: True) == 1
    writing.abort()


def test_memory_stays_flat_for_a_large_object(place: Store) -> None:
    import tracemalloc

    piece = b"z" * MIB
    writing = place.create("v/large")
    tracemalloc.start()
    for _ in range(64):
        writing.write(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    writing.abort()
    assert peak < 40 * MIB


def test_a_key_cannot_leave_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    with pytest.raises(NotFound):
        FileStore(tmp_path / "store").open("../secret")


@pytest.mark.parametrize("step", ["create", "write", "commit"])
def test_a_full_disk_is_said_plainly_and_leaves_nothing(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = FileStore(tmp_path / "store")
    full = _raiser(28)
    if step == "create":
        monkeypatch.setattr(Path, "open", full)
        with pytest.raises(StorageFull):
            place.create("v/a")
        return
    writing = place.create("v/a")
    if step == "write":
        with Path("/dev/full").open("wb", buffering=0) as file:  # a real device that is always full
            writing._file.close()
            monkeypatch.setattr(writing, "_file", file)
            with pytest.raises(StorageFull):
                writing.write(b"x")
    else:
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StorageFull):
            writing.commit()
    writing.abort()
    assert list(place.keys()) == []


def _raiser(number: int) -> Callable[..., object]:
    def fail(*args: object, **options: object) -> object:
        raise OSError(number, os.strerror(number))

    return fail


def test_a_few_errors_of_the_server_are_outlived(broken: Broken) -> None:
    place, faults = broken.store, broken.faults
    faults.method, faults.errors = "PUT", 2
    put(place, "f/errors", BIG)
    assert read(place, "f/errors") == BIG


def test_a_connection_cut_while_writing_is_tried_again(broken: Broken) -> None:
    place, faults = broken.store, broken.faults
    faults.method, faults.cuts = "PUT", 2
    put(place, "f/cut", BIG)
    assert read(place, "f/cut") == BIG


def test_a_server_that_keeps_failing_is_said_plainly_and_leaves_nothing(broken: Broken) -> None:
    place, faults = broken.store, broken.faults
    writing = place.create("f/gone")
    writing.write(b"x" * 9 * MIB)
    faults.method, faults.errors = "PUT", 1_000
    with pytest.raises(StoreUnavailable, match="InternalError"):
        writing.write(b"y" * 9 * MIB)
    faults.errors = 0
    writing.abort()
    assert broken.behind.size("f/gone") is None


def test_a_full_server_is_said_plainly(broken: Broken) -> None:
    place, faults = broken.store, broken.faults
    faults.method, faults.full = "PUT", True
    with pytest.raises(StorageFull):
        put(place, "f/full", b"x")


def test_a_server_that_does_not_answer_is_given_up(bucket_at: BucketAt) -> None:
    bucket = bucket_at("moto")
    with s3.faulty(bucket.address) as (address, faults):
        faults.method, faults.silent = "PUT", True
        with pytest.raises(StoreUnavailable, match="does not answer"):
            put(bucket.store(address, timeout_s=0.5), "f/slow", b"x")
        assert faults.seen.count("PUT") == 4


def test_answers_that_break_off_are_asked_for_again_from_there(broken: Broken) -> None:
    place, faults = broken.store, broken.faults
    put(place, "f/short", BIG)
    faults.short_answers = 2
    assert hashlib.sha256(read(place, "f/short")).digest() == hashlib.sha256(BIG).digest()


def test_a_server_that_is_not_there_is_said_plainly(bucket_at: BucketAt) -> None:
    place = bucket_at("moto").store(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(StoreUnavailable, match="S3_ENDPOINT_URL"):
        place.size("x")


class Shelf(FileStore):
    """Another store: one class, named by the settings and made with their options."""

    def __init__(self, room: str, shelf: str) -> None:
        super().__init__(Path(room) / shelf)


def test_another_store_is_one_class_and_one_entry_of_the_settings(settings: Settings, tmp_path: Path) -> None:
    first = storage.store()
    assert storage.store() is first
    options = {"room": str(tmp_path), "shelf": "top"}
    entry = {"BACKEND": "tests.registry.stores.test_stores.Shelf", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"artifacts": entry}
    put(storage.store(), "v/a", b"bytes")
    assert (tmp_path / "top" / "v" / "a").read_bytes() == b"bytes"
    assert storage.store() is storage.store()
    assert storage.store() is not first


def test_storages_own_options_reach_the_s3_client(monkeypatch: pytest.MonkeyPatch) -> None:
    set_credentials(monkeypatch)
    store = S3Store("models", "https://s3.example", region_name="eu-central-1")
    assert store._client.meta.region_name == "eu-central-1"


def test_where_swift_is_not_installed_its_lane_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert swift.lacking() == (
        "no OpenStack Swift on this machine (swift-ring-builder is missing); "
        "apt-get install swift-proxy swift-account swift-container swift-object"
    )
