"""Bytes in and out over a real server: streamed, resumed, cut off, verified."""

from __future__ import annotations

import hashlib
import os
import socket
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from registry.artifacts import multipart
from registry.models import ModelArtifact, ModelVersion, RegisteredModel, Upload
from registry.versions import lifecycle
from tests.buckets import PLACES, Bucket, keep_in_bucket, keep_in_folder, new_bucket, set_credentials
from tests.registry.admin.staff import PASSWORD, demoted, staff, with_key
from tests.registry.conftest import safetensors
from tests.services import s3, web
from tests.waiting import HANG_S, wait_until
from tests.writers import Writer, writer
from youman.core.accounts import scopes

pytestmark = pytest.mark.django_db(transaction=True)
BIG = safetensors(2_000_000, os.urandom(4))


@dataclass(frozen=True)
class Started:
    address: str
    folder: Path
    bucket: Bucket | None


@pytest.fixture(scope="module", params=PLACES)
def started(
    request: pytest.FixtureRequest, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Started]:
    """One server for all tests of a place: it takes seconds to start."""
    folder, bucket = tmp_path_factory.mktemp("server"), None
    places = {"MODEL_ARTIFACTS_PATH": str(folder / "artifacts"), "S3_BUCKET": "", "S3_ENDPOINT_URL": ""}
    if request.param != "files":
        with pytest.MonkeyPatch.context() as patch:
            set_credentials(patch)
            bucket = new_bucket(request.getfixturevalue(f"{request.param}_server"))
        places |= {"S3_BUCKET": bucket.name, "S3_ENDPOINT_URL": bucket.address}
    with web.running(folder / "log", **places, **s3.CREDENTIALS) as address:
        yield Started(address, folder / "artifacts", bucket)


@pytest.fixture
def server(
    started: Started, transactional_db: None, settings: Settings, artifact_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The address of the server, whose places for bytes are this process's too."""
    set_credentials(monkeypatch)
    if started.bucket is not None:
        keep_in_bucket(settings, started.bucket)
    else:
        keep_in_folder(settings, started.folder)
    return started.address


@pytest.fixture
def alice(transactional_db: None) -> Writer:
    return staff("alice")


@pytest.fixture
def version(alice: Writer) -> ModelVersion:
    model = lifecycle.register_model(name="editor", task="humanize", actor="t")
    return lifecycle.create_version(model=model, actor="t")


def client(address: str, one: Writer) -> httpx.Client:
    headers = {"Authorization": f"Bearer {one.key}"}
    return httpx.Client(base_url=f"{address}/api/v1", headers=headers, timeout=HANG_S, trust_env=False)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def pieces(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), 300_000):
        yield data[start : start + 300_000]


def test_up_and_down_with_digests_ranges_and_links(server: str, alice: Writer, version: ModelVersion) -> None:
    with client(server, alice) as api:
        path = f"/model-versions/{version.pk}/artifacts/model/deep/model.safetensors"
        up = api.put(path, content=pieces(BIG), headers={"X-Content-SHA256": sha256(BIG)})
        assert (up.status_code, up.json()["sha256"], up.json()["size"]) == (201, sha256(BIG), len(BIG))
        assert up.headers["X-Request-ID"]
        again = api.put(path, content=BIG)
        assert again.json()["id"] == up.json()["id"]
        content = f"/artifacts/{up.json()['id']}/content"
        whole = api.get(content)
        assert (whole.status_code, sha256(whole.content)) == (200, sha256(BIG))
        assert whole.headers["ETag"] == f'"{sha256(BIG)}"'
        assert whole.headers["Digest"] == f"sha-256={b64encode(hashlib.sha256(BIG).digest()).decode()}"
        part = api.get(content, headers={"Range": "bytes=100-199"})
        assert (part.status_code, part.content) == (206, BIG[100:200])
        assert part.headers["Content-Range"] == f"bytes 100-199/{len(BIG)}"
        assert api.get(content, headers={"Range": "bytes=-5"}).content == BIG[-5:]
        assert api.get(content, headers={"Range": f"bytes={len(BIG)}-"}).status_code == 416
        assert api.get(content, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
        stale = {"Range": "bytes=0-1", "If-Range": '"other"'}
        assert api.get(content, headers=stale).status_code == 200
        assert api.head(content).headers["Content-Length"] == str(len(BIG))
        link = api.get(f"/artifacts/{up.json()['id']}/link").json()
    got = httpx.get(link["url"], trust_env=False, follow_redirects=True, timeout=HANG_S)
    assert (got.status_code, sha256(got.content)) == (200, link["sha256"])


def test_what_is_refused_leaves_nothing_live(server: str, alice: Writer, version: ModelVersion) -> None:
    charlie, reader = writer("charlie", "ENTERPRISE"), with_key(alice, (scopes.REGISTRY_READ,))
    path = f"/model-versions/{version.pk}/artifacts/model/m.safetensors"
    with client(server, alice) as api:
        wrong = api.put(path, content=BIG, headers={"X-Content-SHA256": "0" * 64})
        assert (wrong.status_code, wrong.json()["code"]) == (400, "digest_mismatch")
        pickled = api.put(path, content=b"\x80\x04K\x01.")
        assert (pickled.status_code, pickled.json()["code"]) == (415, "pickle_refused")
        assert api.put(path, content=b"").json()["code"] == "format_refused"
        assert api.put(path.replace("/model/m", "/virus/m"), content=b"x").status_code == 400
        assert api.put(path.replace("m.safetensors", "..%2Fx"), content=b"x").status_code == 400
        assert api.put(path.replace(str(version.pk), "0" * 8 + str(version.pk)[8:]), content=b"x").status_code == 404
        assert api.put(path, content=b"x", headers={"X-Content-SHA256": "short"}).status_code == 400
        for query, field in ((f"?{'a=1&' * 1_001}", None), ("?sha256=0", "sha256"), ("?as=copy", "as")):
            refused = api.put(f"{path}{query}", content=b"x")
            assert (refused.status_code, refused.json().get("errors", [{}])[0].get("field")) == (400, field)
    for one, status in ((charlie, 403), (reader, 403)):
        with client(server, one) as api:
            assert api.put(path, content=BIG).status_code == status
    assert httpx.put(f"{server}/api/v1{path}", content=b"x", trust_env=False, timeout=HANG_S).status_code == 401
    assert ModelArtifact.objects.exclude(state="deleted").count() == 0


def test_a_connection_cut_in_the_middle_leaves_nothing_live(server: str, alice: Writer, version: ModelVersion) -> None:
    parts = urlsplit(server)
    head = (
        f"PUT /api/v1/model-versions/{version.pk}/artifacts/model/m.safetensors HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {alice.key}\r\nContent-Length: {len(BIG)}\r\n\r\n"
    )
    with socket.create_connection((str(parts.hostname), int(parts.port or 0))) as wire:
        wire.sendall(head.encode() + BIG[:3_000_000])
        wait_until(lambda: ModelArtifact.objects.filter(state="pending").exists())
    wait_until(lambda: ModelArtifact.objects.filter(state="deleted").exists())
    assert ModelArtifact.objects.count() == 1


def test_an_upload_by_parts_goes_on_where_it_broke(server: str, alice: Writer, version: ModelVersion) -> None:
    size = 3_000_000
    asked = {"type": "model", "name": "big.safetensors", "size": len(BIG), "sha256": sha256(BIG)}
    with client(server, alice) as api:
        upload = api.post(f"/model-versions/{version.pk}/uploads", json=asked).json()
        place = f"/uploads/{upload['id']}"
        for number in (3, 1):
            part = BIG[(number - 1) * size : number * size]
            headers = {"X-Content-SHA256": sha256(part)}
            assert api.put(f"{place}/parts/{number}", content=part, headers=headers).status_code == 200
        bad = api.put(f"{place}/parts/2", content=b"x", headers={"X-Content-SHA256": "0" * 64})
        assert bad.status_code == 400
        assert api.post(f"{place}/complete").json()["detail"].startswith("Part 2 of 3 is missing")
        assert [one["number"] for one in api.get(place).json()["parts"]] == [1, 3]
        api.put(f"{place}/parts/2", content=b"something else")
        api.put(f"{place}/parts/2", content=BIG[size : 2 * size])
        assert api.put(f"{place}/parts/0", content=b"x").status_code == 400
        done = api.post(f"{place}/complete")
        assert (done.status_code, done.json()["state"]) == (202, "queued")
        assert api.put(f"{place}/parts/4", content=b"x").status_code == 409
        multipart.assemble(Upload.objects.get().pk)
        after = api.get(place).json()
    assert (after["state"], after["done_bytes"], after["parts"]) == ("completed", len(BIG), [])
    assert ModelArtifact.objects.get().sha256 == sha256(BIG)


def test_an_upload_that_is_not_what_was_announced_fails_with_the_reason(
    server: str, alice: Writer, version: ModelVersion
) -> None:
    with client(server, alice) as api:
        asked = {"type": "model", "name": "m.safetensors", "sha256": "0" * 64}
        place = f"/uploads/{api.post(f'/model-versions/{version.pk}/uploads', json=asked).json()['id']}"
        api.put(f"{place}/parts/1", content=BIG)
        api.post(f"{place}/complete")
        multipart.assemble(Upload.objects.get().pk)
        after = api.get(place).json()
        assert (after["state"], after["error"]["code"]) == ("failed", "digest_mismatch")
        other = api.post(f"/model-versions/{version.pk}/uploads", json={"type": "model", "name": "n"}).json()
        assert api.delete(f"/uploads/{other['id']}").status_code == 204
    assert set(ModelArtifact.objects.values_list("state", flat=True)) == {"deleted"}


def test_a_session_uploads_with_its_csrf_token_only(server: str, alice: Writer, version: ModelVersion) -> None:
    browser = Client()
    assert browser.login(username="alice", password=PASSWORD)
    cookies = {"sessionid": browser.cookies["sessionid"].value, "csrftoken": "c" * 32}
    url = f"{server}/api/v1/model-versions/{version.pk}/artifacts/report/r.json"
    with httpx.Client(cookies=cookies, trust_env=False, timeout=HANG_S) as api:
        assert api.put(url, content=b"{}").status_code == 403
        assert api.put(url, content=b"{}", headers={"X-CSRFToken": "c" * 32, "Origin": server}).status_code == 201


def test_a_damaged_file_is_never_downloaded_whole(
    transactional_db: None, alice: Writer, version: ModelVersion, tmp_path: Path, artifact_folder: Path
) -> None:
    with web.running(tmp_path / "web.log") as server, client(server, alice) as api:
        made = api.put(f"/model-versions/{version.pk}/artifacts/model/m.safetensors", content=BIG).json()
        path = artifact_folder / ModelArtifact.objects.get().key
        data = bytearray(BIG)
        data[-1] ^= 1
        path.write_bytes(bytes(data))
        with pytest.raises(httpx.RemoteProtocolError):
            api.get(f"/artifacts/{made['id']}/content")
        assert ModelVersion.objects.get().fault.startswith("m.safetensors has changed bytes")
        path.unlink()
        gone = api.get(f"/artifacts/{made['id']}/content")
        assert (gone.status_code, gone.json()["code"]) == (503, "artifact_damaged")
        assert api.post(f"/artifacts/{made['id']}/verify").json()["verdict"] == "missing"


def test_a_link_ends_with_the_right_to_read(server: str, alice: Writer, version: ModelVersion) -> None:
    with client(server, alice) as api:
        made = api.put(f"/model-versions/{version.pk}/artifacts/report/r.json", content=b"{}").json()
        url = api.get(f"/artifacts/{made['id']}/link").json()["url"]
        get = partial(httpx.get, trust_env=False, follow_redirects=True, timeout=HANG_S)
        assert get(url).content == b"{}"
        assert get(url, headers={"Range": "bytes=1-"}).content == b"}"
        assert get(url[:-2]).status_code == 400
        demoted(alice)
        assert get(url).status_code == 403
        assert api.get(f"/artifacts/{made['id']}/content").status_code == 403
    assert RegisteredModel.objects.count() == 1
