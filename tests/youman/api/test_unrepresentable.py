"""What JSON, a URL or a header can spell and no row can hold is 400 with a sentence, wherever it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import DataError, transaction
from django.http.response import HttpResponseBase
from django.test import Client

from tests.youman.api.addresses import ADDRESSES
from tests.youman.api.furnished import Furnished
from youman.core.api import problem
from youman.core.errors import InvalidInput

pytestmark = [pytest.mark.attack("unrepresentable"), pytest.mark.django_db]
# As JSON spells them, with the end of the sentence that refuses them.
VALUES = {
    "NUL": ('"a\\u0000"', "contains a NUL character; remove it"),
    "NUL alone": ('"\\u0000"', "contains a NUL character; remove it"),
    "NUL in a key": ('{"\\u0000": 1}', "the name of a field contains a NUL character; remove it"),
    "first half": ('"\\ud800"', "half a surrogate pair; encode the text as UTF-8 again"),
    "second half": ('"b\\udfff"', "half a surrogate pair; encode the text as UTF-8 again"),
    "halves in the wrong order": ('"\\ude00\\ud83d"', "half a surrogate pair; encode the text as UTF-8 again"),
    "half in a key": ('{"\\udbff": 1}', "the name of a field contains half a surrogate pair"),
    "half deep inside": ('{"a": [[{"b": "\\udc00"}]]}', "half a surrogate pair; encode the text as UTF-8 again"),
    "65 bits": ("9223372036854775808", "has more than 64 bits; send a smaller one, or send it as a text"),
    "minus 65 bits": ("-9223372036854775809", "has more than 64 bits; send a smaller one, or send it as a text"),
    "4,301 digits": ("7" * 4_301, "has more than 64 bits; send a smaller one, or send it as a text"),
    "beyond a double": ("1e309", "is too large; send one below 1e308"),
    "minus beyond a double": ("[-2E+400]", "is too large; send one below 1e308"),
    "no number": ("NaN", "NaN is not a JSON number; send a finite number or null"),
    "infinity": ('{"a": -Infinity}', "-Infinity is not a JSON number; send a finite number or null"),
    "deep lists": ("[" * 51 + "]" * 51, "nested deeper than 50 levels; send a flatter object"),
    "deep objects": ('{"a":' * 60 + "1" + "}" * 60, "nested deeper than 50 levels; send a flatter object"),
    "deeper than Python": ('{"a":[' * 50_000, "nested deeper than 50 levels; send a flatter object"),
}  # fmt: skip
JSON = sorted(name for name, one in ADDRESSES.items() if one.media == "application/json")


def detail_of(response: HttpResponseBase) -> str:
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    return str(json.loads(response.content)["detail"])  # type: ignore[attr-defined]  # the answer is not a stream


@pytest.mark.parametrize("kind", VALUES)
def test_bodies_of_every_operation(house: Furnished, kind: str) -> None:
    value, sentence = VALUES[kind]
    for operation in JSON:
        first = next(iter(ADDRESSES[operation].body["properties"]))
        for body in (f'{{"{first}": {value}}}', f'[{{"x": [{value}]}}]', value):
            assert sentence in detail_of(house.send(operation, body)), operation


@pytest.mark.parametrize(
    "body", [b'"\xff"', b'{"a": "\xed\xa0\x80"}', b"\x00", b"\xfe\xff\x00{\x00}", b"\xef\xbb\xbf{}"]
)
def test_bytes_that_are_no_json_in_utf_8(house: Furnished, body: bytes) -> None:
    for operation in JSON:
        assert detail_of(house.send(operation, body.decode("latin-1").encode("latin-1")))  # type: ignore[arg-type]


def test_the_place_is_named(house: Furnished) -> None:
    body = '{"documents": [{"text": "a"}, {"text": "b", "protected": ["c", "\\ud800"]}]}'
    reply = json.loads(house.send("POST /api/v1/batches", body).content)  # type: ignore[attr-defined]
    assert reply["errors"][0]["field"] == "documents.1.protected.1"


PAGES = (
    "/",
    "/history",
    "/account",
    "/people",
    "/login",
    "/admin/",
    "/admin/core/webhook/",
    "/admin/auth/user/",
    "/api/docs/",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("query", ["q=%00", "q=a%00b", "%00=1", "q=\x00", "a=1&next=%00"])
def test_queries_of_pages(house: Furnished, path: str, query: str) -> None:
    assert house.session.get(f"{path}?{query}").status_code == 400


PARTS = (
    "%00", "a%00b", "%ff", "%ed%a0%80", "9" * 19, "9" * 40, "9" * 4_400, "-1", "..", "%2e%2e%2f", "x" * 3_000,
)  # fmt: skip


@pytest.mark.parametrize("name", [name for name in ADDRESSES if "{" in name])
def test_paths(house: Furnished, name: str) -> None:
    """Each part of a path with what no row can hold; 404 where the address takes no such text."""
    method, _, path = name.partition(" ")
    for value in (
        "%00",
        "a%00b",
        "%ff",
        "%ed%a0%80",
        "9" * 19,
        "9" * 40,
        "9" * 4_400,
        "-1",
        "..",
        "%2e%2e%2f",
        "x" * 3_000,
    ):
        for part in [one for one in path.split("/") if one.startswith("{")]:
            place = house.path(f"{method} {path.replace(part, value)}")
            with transaction.atomic():
                assert house.send(name, "{}", place).status_code < 500, place[:200]
                transaction.set_rollback(True)


@pytest.mark.parametrize(
    "cookie", ['sessionid="\\000\\000\\000\\000\\000\\000\\000\\000"', 'csrftoken="a\\000"', 'x="\\000"', "a=\x00"]
)
@pytest.mark.parametrize("path", ["/", "/admin/", "/api/v1/account", "/api/v1/models"])
def test_cookies(client: Client, path: str, cookie: str) -> None:
    assert client.get(path, headers={"Cookie": cookie}).status_code == 400


@pytest.mark.parametrize("header", ["Idempotency-Key", "Referer", "X-Request-ID", "User-Agent", "X-Content-SHA256"])
def test_headers(house: Furnished, header: str) -> None:
    answer = house.root.api.post("/api/v1/transformations", {"text": "a"}, format="json", headers={header: "a\x00"})
    assert answer.status_code == 400


DISPOSITIONS = [
        "form-data; name*=nope''file", "form-data; name=\"file\"; filename*=zz''a.txt", "form-data; name=\"\x00\"",
        "form-data; name=\"file\"; filename=\"a\x00.txt\"",
        "form-data; name=\"file\"; filename=\"" + "x" * 5_000 + "\"",
        "form-data; name=\"file\"; filename=\"..\"", "form-data; name*=utf-8''%00", "form-data", "",
        "form-data; name=\"file\"; filename*=utf-8''%ed%a0%80.txt", "form-data; name=" + "a" * 9_000,
]  # fmt: skip


@pytest.mark.parametrize("disposition", DISPOSITIONS)
@pytest.mark.parametrize("operation", ["POST /api/v1/documents/extract", "POST /api/v1/training-data/imports"])
def test_names_of_parts_of_a_form(house: Furnished, operation: str, disposition: str) -> None:
    part = f"--B\r\nContent-Disposition: {disposition}\r\n\r\nText.\r\n--B--\r\n"
    with transaction.atomic():
        answer = house.send(operation, part, media="multipart/form-data; boundary=B")
        assert answer.status_code < 500
        transaction.set_rollback(True)


class _Refusal(Exception):
    """What PostgreSQL says below Django's error."""

    sqlstate = "22003"


@pytest.mark.parametrize("sent", [{"n": 2**31}, {"a": [{"n": -(2**40)}]}, {"n": str(2**33)}, {"n": 1e30}])
def test_the_last_net_blames_only_who_sent_such_a_number(sent: dict[str, Any]) -> None:
    error = DataError("integer out of range")
    error.__cause__ = _Refusal()
    request = type("Asked", (), {"data": sent, "query_params": {}})()
    assert isinstance(problem._fault_of_caller(error, {"request": request}), InvalidInput)
    request.data = {"n": 2**31 - 1, "text": "2147483648 times"}
    assert problem._fault_of_caller(error, {"request": request}) is None
    assert problem._fault_of_caller(DataError("division by zero"), {"request": request}) is None


@pytest.mark.parametrize("length", [11, 5_000])
def test_the_last_net_blames_only_who_sent_such_a_text(length: int) -> None:
    error = DataError("value too long for type character varying(10)")
    request = type("Asked", (), {"data": {"a": ["x" * length]}, "query_params": {}})()
    found = problem._fault_of_caller(error, {"request": request})
    assert found is not None
    assert found.detail == "a.0: may have at most 10 characters"
    request.data = {"a": ["x" * 10]}
    assert problem._fault_of_caller(error, {"request": request}) is None
