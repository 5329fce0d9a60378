"""Buckets of two servers that speak S3: moto in every lane, the stricter OpenStack Swift under ALL=1."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import LazySettings
from pytest_django.fixtures import Settings

from registry.stores.s3 import S3Store
from tests.services import s3, swift

STRICT = pytest.param("swift", marks=pytest.mark.swift)
BUCKETS = ["moto", STRICT]
PLACES = ["files", *BUCKETS]


@dataclass(frozen=True, slots=True)
class Bucket:
    name: str
    address: str

    def store(self, address: str = "", timeout_s: float = 20.0, operation_s: float = 20.0) -> S3Store:
        """By its own address, or by that of a proxy before it."""
        return S3Store(self.name, address or self.address, timeout_s=timeout_s, operation_s=max(operation_s, timeout_s))


BucketAt = Callable[[str], Bucket]


@pytest.fixture(scope="session")
def moto_server() -> Iterator[str]:
    with s3.running() as address:
        yield address


@pytest.fixture(scope="session")
def swift_server() -> Iterator[str]:
    with swift.running() as address:
        yield address


@pytest.fixture
def bucket_at(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> BucketAt:
    """Makes an empty bucket of its own on the server of that name; the credentials are in the environment."""
    set_credentials(monkeypatch)
    return lambda server: new_bucket(request.getfixturevalue(f"{server}_server"))


def set_credentials(patch: pytest.MonkeyPatch) -> None:
    for name, value in s3.CREDENTIALS.items():
        patch.setenv(name, value)


def new_bucket(address: str) -> Bucket:
    """An empty one on that server; the credentials must be in the environment."""
    bucket = Bucket(f"tests-{uuid4().hex}", address)
    bucket.store()._client.create_bucket(Bucket=bucket.name)
    return bucket


@pytest.fixture
def use(bucket_at: BucketAt, settings: Settings | LazySettings) -> Callable[[str], None]:
    """Lets the registry keep its bytes in a bucket of that server; the folder of the test for `files`."""

    def choose(place: str) -> None:
        if place != "files":
            keep_in_bucket(settings, bucket_at(place))

    return choose


def keep_in_folder(settings: Settings | LazySettings, folder: Path) -> None:
    """Artifacts are in that folder, until the test is over."""
    _keep(settings, "registry.stores.files.FileStore", {"location": str(folder)})


def keep_in_bucket(settings: Settings | LazySettings, bucket: Bucket) -> None:
    """Artifacts are in that bucket, until the test is over."""
    options = {"bucket_name": bucket.name, "endpoint_url": bucket.address}
    _keep(settings, "registry.stores.s3.S3Store", options)


def _keep(settings: Settings | LazySettings, store: str, options: dict[str, str]) -> None:
    settings.STORAGES = settings.STORAGES | {"artifacts": {"BACKEND": store, "OPTIONS": options}}


def store_variables(settings: Settings | LazySettings) -> dict[str, str]:
    """The environment of a process that has the same store."""
    names = {"location": "MODEL_ARTIFACTS_PATH", "bucket_name": "S3_BUCKET", "endpoint_url": "S3_ENDPOINT_URL"}
    options = settings.STORAGES["artifacts"]["OPTIONS"]
    return {variable: str(options.get(name, "")) for name, variable in names.items()}
