"""The names of files at every door: decoded once, without folders, and never a header of their own."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from registry.models import ModelArtifact, ModelVersion
from registry.versions import lifecycle
from tests.registry.admin.staff import staff
from tests.registry.conftest import safetensors
from tests.services import web
from tests.waiting import HANG_S
from tests.writers import Writer
from training.models import DataImport
from youman.core.accounts import scopes
from youman.core.accounts.lifecycle import create_api_key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.attack("downloads")]

# What stands in the multipart header behind `filename`, and the title or name that comes of it.
MULTIPART = {
    '="draft.txt"': "draft",
    '="a%20b.txt"': "a%20b",
    '="a%2520b.txt"': "a%2520b",
    "*=UTF-8''a%20b.txt": "a b",
    "*=UTF-8''a%2520b.txt": "a%20b",
    "*=UTF-8''Z%C3%BCrich.txt": "Zürich",
    "*=UTF-8''%2e%2e%2fup.txt": "up",
    "*=UTF-8''..%5C..%5Cup.txt": "up",
    "*=UTF-8''a%00b.txt": "ab",
    "*=UTF-8''a%0d%0aX-Y%3a1.txt": "aX-Y:1",
    "*=UTF-8''%E2%80%AEtxt.nur.txt": "txt.nur",
    '="=?utf-8?q?Z=C3=BCrich.txt?="': "Zürich",
    '="=?utf-8?q?=2E=2E=2Fup.txt?="': "up",
    '="../../up.txt"': "up",
    '="C:\\\\a\\\\up.txt"': "up",
}
REFUSED_PATHS = [
    "..%2Fup", "%2e%2e%2fup", "%252e%252e%252fup", "a%252Fb%2525", "a%00b", "a%0Ab", "a%E2%80%AEb", "a%2Fb%2Fc%2Fd%2Fe",
    "%2Fetc%2Fpasswd", "a%5Cb", "a%3Ab", "a%22b", "a%27b", "a%3Bb", "%F0%9F%98%80.bin", "%ED%A0%80.bin", "%FF.bin",
    "x" * 300,
]  # fmt: skip
ACCEPTED_PATHS = {
    "Z%C3%BCrich.bin": ("Zürich.bin", "attachment; filename=\"Zurich.bin\"; filename*=UTF-8''Z%C3%BCrich.bin"),
    "a%20b.bin": ("a b.bin", 'attachment; filename="a b.bin"'),
    "%E6%BC%A2.bin": ("漢.bin", "attachment; filename=\"download.bin\"; filename*=UTF-8''%E6%BC%A2.bin"),
    "deep/m.bin": ("deep/m.bin", 'attachment; filename="m.bin"'),
}


@pytest.fixture(scope="module")
def address(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("names")
    places = {"MODEL_ARTIFACTS_PATH": str(folder / "artifacts"), "S3_BUCKET": "", "S3_ENDPOINT_URL": ""}
    with web.running(folder / "log", **places) as found:
        yield found


@pytest.fixture
def alice(transactional_db: None) -> Writer:
    return staff("alice")


@pytest.fixture
def api(address: str, alice: Writer) -> Iterator[httpx.Client]:
    wanted = (scopes.REGISTRY_WRITE, scopes.REGISTRY_READ, scopes.REWRITE, scopes.TRAINING)
    key = create_api_key(account=alice.account, name="names", key_scopes=wanted, actor="tests")
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=f"{address}/api/v1", headers=headers, timeout=HANG_S, trust_env=False) as client:
        yield client


@pytest.fixture
def version(alice: Writer) -> ModelVersion:
    model = lifecycle.register_model(name="editor", task="humanize", actor="t")
    return lifecycle.create_version(model=model, actor="t")


def multipart(name: str, content: bytes, **fields: str) -> tuple[bytes, dict[str, str]]:
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename{name}\r\nContent-Type: text/plain\r\n\r\n'
    body = b"".join(parts) + head.encode() + content + b"\r\n--x--\r\n"
    return body, {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.mark.parametrize("name", MULTIPART, ids=range(len(MULTIPART)))
def test_the_title_of_an_uploaded_text(api: httpx.Client, name: str) -> None:
    body, headers = multipart(name, b"Some words.")
    found = api.post("/documents/extract", content=body, headers=headers)
    assert (found.status_code, found.json()["title"]) == (200, MULTIPART[name])


def test_the_names_of_imports(api: httpx.Client) -> None:
    for name, title in MULTIPART.items():
        body, headers = multipart(name, b'{"original": "It is a test.", "humanized": "A test."}', format="jsonl")
        assert api.post("/training-data/imports", content=body, headers=headers).status_code == 202
        assert DataImport.objects.latest("created_at").name == f"{title}.txt"


def test_names_in_an_address_are_decoded_once_and_refused_or_kept(api: httpx.Client, version: ModelVersion) -> None:
    folder = f"/model-versions/{version.pk}/artifacts/model"
    for path in REFUSED_PATHS:
        assert api.put(f"{folder}/{path}", content=safetensors()).status_code in {400, 404}
    assert ModelArtifact.objects.count() == 0
    for number, (path, (name, header)) in enumerate(ACCEPTED_PATHS.items(), 1):
        made = api.put(f"{folder}/{path}", content=safetensors(number))
        assert (made.status_code, made.json()["name"]) == (201, name)
        down = api.get(f"/artifacts/{made.json()['id']}/content")
        assert down.headers["Content-Disposition"] == header


def test_names_in_a_body_are_not_decoded(api: httpx.Client, version: ModelVersion) -> None:
    for name in ("%2e%2e/up", "../up", "a\r\nX: 1", "a\x00b", quote("Zürich")):
        asked = {"version": str(version.pk), "type": "model", "name": name, "size": 9, "part_size": 5}
        made = api.post(f"/model-versions/{version.pk}/uploads", json=asked)
        assert made.status_code == 400
