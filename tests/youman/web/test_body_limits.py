"""No route takes a large body from a stranger, and none takes more than its limit from anybody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import URLResolver, get_resolver
from pytest_django.plugin import DjangoDbBlocker

from tests.browser import site
from tests.services.wire import Answer, ask, chunks
from tests.writers import PASSWORD
from youman.core.accounts.lifecycle import create_account, create_api_key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.attack("anonymous_bodies")]
HUGE = 200_000_000
MIB = 1024 * 1024
SAMPLES = {
    "uuid": "0190a7c4-0000-7000-8000-000000000001", "int": "7", "str": "abc", "slug": "abc", "path": "a/b", "": "abc"
}  # fmt: skip
RAW = [
    ("PUT", f"/api/v1/model-versions/{SAMPLES['uuid']}/artifacts/model/weights.safetensors"),
    ("PUT", f"/api/v1/uploads/{SAMPLES['uuid']}/parts/1"),
    ("POST", "/api/v1/model-archives"),
]


def _paths(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        pattern = re.sub(
            r"\(\?P<\w+>[^)]*\)|[\^$\\]", lambda one: "abc" if one[0][0] == "(" else "", str(entry.pattern)
        )
        path = prefix + re.sub(r"<(?:(\w+):)?\w+>", lambda one: SAMPLES[one[1] or ""], pattern)
        if isinstance(entry, URLResolver):
            yield from _paths(entry, path)
        else:
            yield path


ROUTES = sorted(set(_paths(get_resolver("youman.urls"), "/")))


@pytest.fixture(scope="module")
def address(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[tuple[str, int]]:
    with django_db_blocker.unblock():
        if connection.vendor != "postgresql":
            pytest.skip("the server needs the test database by a name: no PostgreSQL here")
        started = site.start(MAX_BODY_MB="1", ARTIFACT_MAX_MB="2")
    parts = urlsplit(started.address)
    yield str(parts.hostname), int(parts.port or 0)
    started.stop()


def head(method: str, path: str, *lines: str) -> str:
    return "\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *lines])


def declared(size: int) -> str:
    return f"Content-Length: {size}"


CHUNKED = "Transfer-Encoding: chunked"


def is_refusal(answer: Answer) -> bool:
    return answer.status in {401, 404, 413} and answer.headers.get("connection") == "close"


@pytest.mark.parametrize("path", ROUTES)
def test_no_route_waits_for_a_strangers_body(address: tuple[str, int], path: str) -> None:
    """Nothing of the body is sent: a server that wanted to read it would never answer."""
    answer = ask(address, head("POST", path, declared(HUGE)))
    assert is_refusal(answer), answer
    if path.startswith("/api/"):
        assert json.loads(answer.body)["status"] == answer.status


@pytest.mark.parametrize("path", ["/", "/login", "/admin/", "/api/v1/transformations", "/nowhere", "/api/v1/nothing"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "GET", "OPTIONS"])
def test_a_body_in_chunks_is_cut_off(address: tuple[str, int], method: str, path: str) -> None:
    answer = ask(address, head(method, path, CHUNKED), chunks(HUGE))
    assert is_refusal(answer), answer
    assert answer.sent < HUGE // 2  # what is in the buffers of both ends


@pytest.mark.parametrize(("method", "path"), RAW)
@pytest.mark.parametrize("length", [declared(HUGE), CHUNKED, declared(70_000), declared(5)])
def test_raw_uploads_authenticate_before_they_read(
    address: tuple[str, int], method: str, path: str, length: str
) -> None:
    assert ask(address, head(method, path, length)).status == 401


CREDENTIALS = [
    "Authorization: Bearer ym_guess", "Authorization: Bearer", "Authorization: Basic YTpi", "Authorization: bearer é",
    "Cookie: sessionid=abc", "Cookie: sessionid=", "Cookie: csrftoken=a; sessionid=../../passwd", "X-CSRFToken: abc",
    "Content-Type: multipart/form-data; boundary=x", "Content-Type: application/json", "Expect: 100-continue",
    "Content-Encoding: gzip", "Cookie: sessionid=" + "a" * 4000,
]  # fmt: skip


@pytest.mark.parametrize("line", CREDENTIALS)
@pytest.mark.parametrize("length", [declared(HUGE), declared(65_537)])
def test_what_is_no_credential_opens_nothing(address: tuple[str, int], line: str, length: str) -> None:
    assert is_refusal(ask(address, head("POST", "/api/v1/documents/extract", length, line)))


LENGTHS = [
    "Content-Length: -1", "Content-Length: +5", "Content-Length: 0x10", "Content-Length: 1e9", "Content-Length: 5, 6",
    "Content-Length: 5\nContent-Length: 6", "Content-Length: " + "9" * 30, "Content-Length: " + "9" * 5000,
    "Content-Length: 5\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\nContent-Length: 5",
    "Transfer-Encoding: gzip", "Transfer-Encoding: chunked, identity", "Transfer-Encoding: xchunked",
]  # fmt: skip


@pytest.mark.parametrize("length", LENGTHS)
def test_a_length_that_lies_is_refused(address: tuple[str, int], length: str) -> None:
    """With an answer or by closing the connection, but without reading on."""
    answer = ask(address, head("POST", "/login", *length.splitlines()), chunks(4 * MIB))
    assert answer.status in {0, 400, 401, 403, 413}, answer


@pytest.fixture
def key(transactional_db: None) -> str:
    account = create_account(username="alice", password=PASSWORD, tier="ENTERPRISE")
    return create_api_key(account=account, name="tests", actor="tests")


WRITERS = [
    "/api/v1/transformations",
    "/api/v1/documents/extract",
    "/api/v1/dictionary",
    "/api/v1/training-data/imports",
]


@pytest.mark.parametrize("path", WRITERS)
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain"])
def test_a_writer_sends_up_to_the_limit_and_no_more(address: tuple[str, int], key: str, path: str, kind: str) -> None:
    lines = (f"Authorization: Bearer {key}", f"Content-Type: {kind}")
    assert ask(address, head("POST", path, declared(MIB + 1), *lines)).status == 413
    assert ask(address, head("POST", path, CHUNKED, *lines), chunks(8 * MIB)).status == 413
    within = ask(address, head("POST", path, declared(MIB), *lines), [b"a" * MIB]).status
    assert within not in {413, 500}


def test_a_revoked_key_is_no_key(address: tuple[str, int], key: str) -> None:
    User.objects.filter(username="alice").update(is_active=False)
    answer = ask(address, head("POST", "/api/v1/transformations", declared(MIB), f"Authorization: Bearer {key}"))
    assert answer.status == 401


def _session(name: str, staff: bool) -> str:
    client = Client()
    client.force_login(create_account(username=name, password=PASSWORD, tier="ENTERPRISE", staff=staff).user)
    return f"Cookie: sessionid={client.cookies['sessionid'].value}"


@pytest.mark.parametrize("path", ["/admin/", "/admin/training/trainingdatapoint/import/", "/login", "/account"])
def test_a_session_sends_no_more_than_the_limit(address: tuple[str, int], path: str) -> None:
    cookie = _session("bob", staff=False)
    answer = ask(address, head("POST", path, declared(MIB + 1), cookie))
    assert (answer.status, answer.headers["content-type"]) == (413, "text/html; charset=utf-8")


@pytest.mark.parametrize("path", ["/admin/training/trainingdatapoint/import/", "/api/v1/training-data/imports"])
def test_staff_import_larger_files_up_to_a_limit_of_their_own(address: tuple[str, int], path: str) -> None:
    cookie = _session("stan", staff=True)
    assert ask(address, head("POST", path, declared(2 * MIB + 1), cookie)).status == 413
    sent = ask(address, head("POST", path, declared(2 * MIB), cookie), [b"a" * 2 * MIB])
    assert sent.status in {403, 415}  # of the checks that come next


@pytest.mark.parametrize("method_path", RAW)
def test_raw_uploads_of_staff_end_at_their_limit(address: tuple[str, int], method_path: tuple[str, str]) -> None:
    stan: Any = create_account(username="stan", password=PASSWORD, staff=True)
    token = create_api_key(account=stan, name="t", key_scopes=["registry:write"], actor="tests")
    lines = (f"Authorization: Bearer {token}", "X-Content-SHA256: " + "a" * 64)
    assert ask(address, head(*method_path, declared(2 * MIB + 1), *lines)).status == 413
    assert ask(address, head(*method_path, CHUNKED, *lines), chunks(16 * MIB)).status in {404, 413}


def test_a_form_of_ordinary_size_arrives(address: tuple[str, int]) -> None:
    body = b"username=alice&password=" + b"a" * 60_000
    lines = (declared(len(body)), "Content-Type: application/x-www-form-urlencoded")
    assert ask(address, head("POST", "/login", *lines), [body]).status == 403  # the CSRF check has read it
