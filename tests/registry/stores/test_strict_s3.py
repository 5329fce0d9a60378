"""What only a server that checks can show: signatures, expiry, digests, clocks. OpenStack Swift, `make test ALL=1`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import httpx
import pytest
from botocore import auth
from botocore.exceptions import ClientError

from registry.errors import StoreUnavailable
from registry.stores.s3 import S3Store
from tests.buckets import Bucket, BucketAt
from tests.registry.stores.test_stores import BIG, MIB, put, read
from tests.services import s3
from tests.waiting import HANG_S

pytestmark = pytest.mark.swift


@pytest.fixture
def bucket(bucket_at: BucketAt) -> Bucket:
    return bucket_at("swift")


@pytest.fixture
def place(bucket: Bucket) -> S3Store:
    return bucket.store()


@contextmanager
def clock_moved(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> Iterator[None]:
    """The signer's clock; the server's stays."""
    now = auth.get_current_datetime
    with monkeypatch.context() as patch:
        patch.setattr(auth, "get_current_datetime", lambda *options: now(*options) + by)
        yield


def get(url: str, **headers: str) -> httpx.Response:
    return httpx.get(url, headers=headers, trust_env=False, timeout=HANG_S)


def test_a_presigned_address_gives_the_object_to_who_has_no_key(place: S3Store) -> None:
    put(place, "v/a", BIG)
    url = str(place.link("v/a", name="deep/model.safetensors", seconds=30))
    whole = get(url)
    assert (whole.status_code, whole.content) == (200, BIG)
    assert whole.headers["Content-Disposition"] == 'attachment; filename="model.safetensors"'
    part = get(url, Range="bytes=5-9")
    assert (part.status_code, part.content) == (206, BIG[5:10])


def test_a_presigned_address_ends(place: S3Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(place, "v/a", b"secret")
    with clock_moved(monkeypatch, -timedelta(seconds=40)):
        assert get(str(place.link("v/a", name="a", seconds=60))).content == b"secret"
        late = get(str(place.link("v/a", name="a", seconds=30)))
    assert (late.status_code, b"secret" in late.content) == (403, False)


@pytest.mark.parametrize(
    ("old", "new"), [("/v/a?", "/v/b?"), ("Expires=30", "Expires=3000"), ("Signature=", "Signature=0")]
)
def test_a_presigned_address_that_was_changed_is_refused(place: S3Store, old: str, new: str) -> None:
    for name in "ab":
        put(place, f"v/{name}", b"secret")
    url = str(place.link("v/a", name="a", seconds=30))
    assert old in url
    changed = get(url.replace(old, new))
    assert (changed.status_code, b"secret" in changed.content) == (403, False)


def test_without_a_signature_nothing_is_given(place: S3Store, bucket: Bucket) -> None:
    put(place, "v/a", b"secret")
    answer = get(f"{bucket.address}/{bucket.name}/v/a")
    assert (answer.status_code, b"secret" in answer.content) == (400, False)


def test_a_wrong_key_is_said_plainly(place: S3Store, bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(StoreUnavailable, match="SignatureDoesNotMatch"):
        put(bucket.store(), "v/a", b"x")
    assert place.size("v/a") is None


def test_a_clock_that_is_wrong_is_said_plainly(place: S3Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with clock_moved(monkeypatch, -timedelta(hours=1)), pytest.raises(StoreUnavailable, match="RequestTimeTooSkewed"):
        put(place, "v/a", b"x")
    assert place.size("v/a") is None


@pytest.mark.parametrize("data", [b"small", BIG], ids=["one request", "multipart"])
def test_bytes_changed_on_their_way_are_refused_and_leave_nothing(bucket: Bucket, data: bytes) -> None:
    with s3.faulty(bucket.address) as (address, faults):
        place = bucket.store(address)
        faults.method, faults.garbled = "PUT", 1_000
        with pytest.raises(StoreUnavailable):
            put(place, "v/a", data)
        faults.garbled = 0
        assert (place.size("v/a"), list(place.keys())) == (None, [])
        put(place, "v/a", data)
        assert read(place, "v/a") == data


def test_content_md5_is_checked(place: S3Store, bucket: Bucket) -> None:
    with pytest.raises(ClientError, match="BadDigest"):
        place._client.put_object(Bucket=bucket.name, Key="v/a", Body=b"x", ContentMD5="1B2M2Y8AsgTpgAmY7PhCfg==")
    assert place.size("v/a") is None


def test_a_multipart_upload_that_died_is_not_there_and_is_tidied_by_its_age(place: S3Store) -> None:
    writing = place.create("v/dead")
    writing.write(b"x" * 9 * MIB)
    assert (place.size("v/dead"), list(place.keys())) == (None, [])
    assert place.tidy(datetime.now().astimezone() - timedelta(minutes=1), lambda key: True) == 0
    assert place.tidy(datetime.now().astimezone() + timedelta(minutes=1), lambda key: True) == 1
    with pytest.raises(StoreUnavailable, match="NoSuchUpload"):
        writing.write(b"y" * 9 * MIB)
