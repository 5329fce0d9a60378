"""Each door of the web process to a store that hangs: a 503 that says when to come again, and nothing half done."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from registry.artifacts import multipart
from registry.models import ModelArtifact, ModelVersion, UploadPart
from registry.versions import lifecycle
from tests.buckets import Bucket, new_bucket, set_credentials
from tests.registry.admin.staff import staff
from tests.registry.conftest import safetensors
from tests.services import s3, web
from tests.services.hanging import Hang, Stage, hanging
from tests.waiting import HANG_S
from tests.writers import Writer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.attack("slow_store")]
SMALL, LARGE = safetensors(1_000, os.urandom(4)), safetensors(2_500_000, os.urandom(4))  # one request, two parts
WRITING: tuple[Stage, ...] = ("connect", "headers", "body", "answer", "trickle")  # the answer has no body
EVERYWHERE: tuple[Stage, ...] = ("connect", "headers", "answer", "answer_headers", "trickle")


@dataclass(frozen=True)
class Started:
    address: str
    plan: Hang
    bucket: Bucket
    proxy: str


@pytest.fixture(scope="module")
def started(
    request: pytest.FixtureRequest, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Started]:
    """One server for all tests, whose operations on the store may take two seconds."""
    log = tmp_path_factory.mktemp("server") / "log"
    with pytest.MonkeyPatch.context() as patch:
        set_credentials(patch)
        bucket = new_bucket(request.getfixturevalue("moto_server"))
    with hanging(bucket.address) as (proxy, plan):
        places = {"S3_BUCKET": bucket.name, "S3_ENDPOINT_URL": proxy, "S3_TIMEOUT_S": "2"}
        with web.running(log, **places, **s3.CREDENTIALS) as address:
            yield Started(address, plan, bucket, proxy)


@pytest.fixture
def server(
    started: Started, transactional_db: None, artifact_folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Started]:
    """The server with a store that answers; this process reaches it too, with the same bound."""
    set_credentials(monkeypatch)
    started.plan.hits = lambda line: False
    started.plan.hung.clear()
    options = {"bucket_name": started.bucket.name, "endpoint_url": started.proxy, "operation_s": 2.0}
    settings.STORAGES = settings.STORAGES | {"artifacts": {"BACKEND": "registry.stores.s3.S3Store", "OPTIONS": options}}
    yield started
    started.plan.hits = lambda line: False


@pytest.fixture
def alice(server: Started) -> Writer:
    return staff("alice")


@pytest.fixture
def version(alice: Writer) -> ModelVersion:
    return lifecycle.create_version(
        model=lifecycle.register_model(name="editor", task="humanize", actor="t"), actor="t"
    )


@pytest.fixture
def api(server: Started, alice: Writer) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {alice.key}"}
    base = f"{server.address}/api/v1"
    with httpx.Client(base_url=base, headers=headers, timeout=HANG_S / 4, trust_env=False) as client:
        yield client


def hang(server: Started, stage: Stage, method: str = "", part: str = "") -> None:
    server.plan.stage = stage
    server.plan.hits = lambda line: not line or (line.startswith(method) and part in line)


def refused(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert answer.headers["Retry-After"] == "5"
    assert "artifact store does not answer" in answer.json()["detail"]


@pytest.mark.parametrize("stage", WRITING)
def test_an_upload_of_a_small_artifact(server: Started, api: httpx.Client, version: ModelVersion, stage: Stage) -> None:
    hang(server, stage, "PUT")
    refused(api.put(f"/model-versions/{version.pk}/artifacts/model/m.safetensors", content=SMALL))
    assert server.plan.hung
    assert list(ModelArtifact.objects.values_list("state", flat=True)) == ["deleted"]
    assert api.get("/registered-models").status_code == 200  # nothing of the process is held up


@pytest.mark.parametrize(
    ("method", "part"), [("POST", "uploads"), ("PUT", "partNumber=1"), ("PUT", "partNumber=2"), ("POST", "uploadId")]
)
def test_an_upload_of_a_large_artifact_at_each_of_its_steps(
    server: Started, api: httpx.Client, version: ModelVersion, method: str, part: str
) -> None:
    hang(server, "answer", method, part)
    refused(api.put(f"/model-versions/{version.pk}/artifacts/model/m.safetensors", content=LARGE))
    assert list(ModelArtifact.objects.values_list("state", flat=True)) == ["deleted"]


@pytest.mark.parametrize("stage", WRITING)
def test_a_part_of_an_upload(
    server: Started, api: httpx.Client, alice: Writer, version: ModelVersion, stage: Stage
) -> None:
    upload = multipart.open_upload(version=version, type="model", name="m.safetensors", actor="t")
    hang(server, stage, "PUT")
    refused(api.put(f"/uploads/{upload.pk}/parts/1", content=SMALL))
    assert UploadPart.objects.count() == 0
    hang(server, stage, "NEVER")
    server.plan.stage = "answer"
    assert api.put(f"/uploads/{upload.pk}/parts/1", content=SMALL).status_code == 200


@pytest.mark.parametrize(("stage", "method"), [(stage, "HEAD") for stage in EVERYWHERE[:4]] + [("answer", "GET")])
def test_a_download(server: Started, api: httpx.Client, version: ModelVersion, stage: Stage, method: str) -> None:
    made = api.put(f"/model-versions/{version.pk}/artifacts/model/m.safetensors", content=SMALL).json()
    if stage == "answer_headers":
        method = "GET"  # the answer to HEAD is its headers
    hang(server, stage, method)
    refused(api.get(f"/artifacts/{made['id']}/content"))


def test_a_link_is_given_without_the_store(server: Started, api: httpx.Client, version: ModelVersion) -> None:
    made = api.put(f"/model-versions/{version.pk}/artifacts/model/m.safetensors", content=SMALL).json()
    hang(server, "connect")
    assert api.get(f"/artifacts/{made['id']}/link").status_code == 200


@pytest.mark.parametrize("stage", EVERYWHERE[:3])
def test_the_doctor_says_that_the_store_does_not_answer(
    server: Started, stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    hang(server, stage)
    call_command("check", "--database", "default")
    assert "registry.W002" in capsys.readouterr().err
