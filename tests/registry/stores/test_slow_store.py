"""An S3 server that accepts and then says nothing, at every stage of every operation: each ends by its deadline.

Each try may be silent for as long as a test can last, so that only the deadline of the whole operation ends it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from registry.errors import StoreUnavailable
from registry.stores import s3
from registry.stores.s3 import S3Store
from tests.buckets import BucketAt
from tests.services.hanging import STAGES, Hang, Stage, hanging
from tests.waiting import HANG_S

pytestmark = pytest.mark.attack("slow_store")
MIB = 1024 * 1024
BIG = os.urandom(MIB) * 9
DEADLINE_S = 0.5  # the operations of these tests take milliseconds where nothing hangs


@dataclass
class Slow:
    store: S3Store
    plan: Hang
    behind: S3Store


@pytest.fixture
def slow(bucket_at: BucketAt, monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    monkeypatch.setattr(s3, "_UPLOAD_BYTES_PER_S", 16 * MIB)
    bucket = bucket_at("moto")
    with hanging(bucket.address) as (address, plan):
        store = S3Store(bucket.name, address, timeout_s=HANG_S, operation_s=DEADLINE_S)
        yield Slow(store, plan, bucket.store())


def _put(store: S3Store) -> None:
    writing = store.create("v/small")
    writing.write(b"x" * 100_000)
    writing.commit()


def _multipart(store: S3Store) -> None:
    writing = store.create("v/large")
    writing.write(BIG)
    writing.commit()


def _read(store: S3Store) -> None:
    with store.open("v/here") as file:
        while file.read(MIB):
            pass


# The operation, and which of its requests hangs: by the method and a part of the address.
OPERATIONS: dict[str, tuple[Callable[[S3Store], object], str, str]] = {
    "size": (lambda store: store.size("v/here"), "HEAD", ""),
    "modified_at": (lambda store: store.modified_at("v/here"), "HEAD", ""),
    "read": (_read, "GET", "here"),
    "list": (lambda store: list(store.keys("v/")), "GET", "list-type"),
    "put": (_put, "PUT", "small"),
    "begin upload": (_multipart, "POST", "uploads"),
    "upload part": (_multipart, "PUT", "partNumber"),
    "complete upload": (_multipart, "POST", "uploadId"),
    "delete": (lambda store: store.delete("v/here"), "DELETE", "here"),
    "tidy": (lambda store: store.tidy(timezone.now() + timedelta(hours=1), lambda key: True), "GET", "uploads"),
}
# These have no body, so there is no middle of it.
_WITHOUT_BODY = {"size", "modified_at", "read", "list", "begin upload", "delete", "tidy"}
_WITHOUT_ANSWER = {"size", "modified_at", "put", "upload part", "delete"}


def _cases() -> Iterator[tuple[str, Stage]]:
    for name in OPERATIONS:
        for stage in STAGES:
            skipped = (stage == "body" and name in _WITHOUT_BODY) or (
                stage == "answer_body" and name in _WITHOUT_ANSWER
            )
            if not skipped and not (stage == "answer_headers" and name in _WITHOUT_ANSWER):
                yield name, stage


@pytest.mark.parametrize(("name", "stage"), list(_cases()))
def test_an_operation_ends_by_its_deadline_wherever_the_server_stops(slow: Slow, name: str, stage: Stage) -> None:
    writing = slow.behind.create("v/here")
    writing.write(BIG)
    writing.commit()
    do, method, part = OPERATIONS[name]
    slow.plan.stage = stage
    slow.plan.hits = lambda line: not line or (line.startswith(method) and part in line)
    ends: list[BaseException | None] = []

    def run() -> None:
        try:
            do(slow.store)
            ends.append(None)
        except StoreUnavailable as error:
            ends.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(HANG_S / 4)  # far beyond the deadline, far below what a single try may be silent
    assert slow.plan.hung
    assert [type(end) for end in ends] == [StoreUnavailable]
    assert "does not answer" in str(ends[0])


def test_after_a_deadline_the_store_is_used_again_as_soon_as_it_answers(slow: Slow) -> None:
    slow.plan.hits = lambda line: True
    with pytest.raises(StoreUnavailable):
        _put(slow.store)
    slow.plan.hits = lambda line: False
    _put(slow.store)
    assert slow.behind.size("v/small") == 100_000


def test_a_writer_whose_store_hangs_does_not_wait_again_to_clean_up(slow: Slow) -> None:
    writing = slow.store.create("v/large")
    slow.plan.hits = lambda line: "partNumber" in line
    with pytest.raises(StoreUnavailable):
        writing.write(BIG)
    hung = len(slow.plan.hung)
    slow.plan.hits = lambda line: True
    with pytest.raises(StoreUnavailable, match="removed later"):
        writing.abort()
    assert len(slow.plan.hung) == hung
    assert slow.behind.size("v/large") is None


def test_a_link_is_made_without_asking_the_store(slow: Slow) -> None:
    slow.plan.stage, slow.plan.hits = "connect", lambda line: True
    assert "X-Amz-Signature" in str(slow.store.link("v/here", name="here", seconds=30))
    assert slow.plan.hung == []


def test_a_slow_line_has_a_second_for_each_mebibyte_that_it_sends(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline grows with what is sent, so that it ends a store that hangs and not one that is far away."""
    monkeypatch.setattr(s3, "_UPLOAD_BYTES_PER_S", MIB)
    slow.plan.stage, slow.plan.pause_s = "trickle", 0.005
    # the answer to a part takes longer than the deadline of an operation without bytes
    slow.plan.hits = lambda line: "partNumber=1" in line
    _multipart(slow.store)
    assert slow.behind.size("v/large") == len(BIG)
