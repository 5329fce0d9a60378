"""Headers that name an encoding that does not exist, as the real application gets them: refused, never a failure."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from youman.web.asgi_handler import SingleHopHandler
from youman.web.body_limits import BodyLimits
from youman.web.raw_uploads import Uploads

pytestmark = [pytest.mark.attack("unrepresentable"), pytest.mark.django_db(transaction=True)]


def over_asgi(method: str, path: str, headers: Mapping[str, str], body: bytes, query: bytes = b"") -> int:
    """The status that a client of the real application gets."""
    sent: list[Mapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False} if not sent else {"type": "http.disconnect"}

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query,
        "root_path": "",
        "headers": [*pairs, (b"host", b"127.0.0.1"), (b"content-length", str(len(body)).encode())], "scheme": "http",
        "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1), "http_version": "1.1", "asgi": {"version": "3.0"},
    }  # fmt: skip
    asyncio.run(BodyLimits(Uploads(SingleHopHandler()))(scope, receive, send))
    return int(sent[0]["status"])


TYPES = (
    "text/plain; charset*=nope''x",
    "multipart/form-data; boundary*=zz''x",
    "application/json; a*=rot13''b",
    "text/html; x*=hex''00",
)
UPLOAD = "/api/v1/model-versions/01890a5d-ac96-774b-bcce-b302099a8057/artifacts/report/r.json"


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/api/v1/score"), ("POST", "/login"), ("PUT", UPLOAD), ("GET", "/api/v1/models")]
)
def test_headers_that_name_an_encoding_that_does_not_exist(method: str, path: str, kind: str) -> None:
    assert over_asgi(method, path, {"Content-Type": kind}, b"{}") in {400, 401, 403}


PARTS = ("form-data; name*=nope''file", "form-data; name=file; filename*=zz''a.txt", "form-data; name*=rot13''a")


@pytest.mark.parametrize("disposition", PARTS)
@pytest.mark.parametrize("path", ["/login", "/admin/login/", "/api/v1/documents/extract", "/people"])
def test_parts_that_name_one(path: str, disposition: str) -> None:
    body = f"--B\r\nContent-Disposition: {disposition}\r\n\r\nText.\r\n--B--\r\n".encode()
    assert over_asgi("POST", path, {"Content-Type": "multipart/form-data; boundary=B"}, body) in {302, 400, 401, 403}


CHARSETS = (
    "utf-7",
    "utf-16",
    "rot13",
    "hex",
    "idna",
    "unicode_escape",
    "raw_unicode_escape",
    "punycode",
    "nope",
    "x\u00e9",
    "latin-1",
)
MEDIA = ("application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=B")


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("media", MEDIA)
def test_encodings_other_than_utf_8(charset: str, media: str) -> None:
    for method, path in (("POST", "/api/v1/score"), ("POST", "/login"), ("GET", "/api/v1/models")):
        headers = {"Content-Type": f"{media}; charset={charset}"}
        assert over_asgi(method, path, headers, b'{"text": "+2AA-"}', b"a=1") == 400


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "rot13", "utf-16"])
@pytest.mark.parametrize("path", ["/", "/login", "/admin/", "/api/v1/models", "/api/v1/artifacts/x/content", "/livez"])
def test_more_parameters_than_django_reads(path: str, charset: str) -> None:
    headers = {"Content-Type": f"text/plain; charset={charset}"}
    for query in (b"a=1&" * 1_001, b"&" * 5_000, b"q=" + b"%41" * 9_000):
        assert over_asgi("GET", path, headers, b"", query) < 500
