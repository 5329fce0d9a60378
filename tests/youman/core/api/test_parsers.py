"""Bodies from strangers: what Python itself would trip over is refused as a bad request."""

from __future__ import annotations

import pytest

from tests.writers import Writer, writer


@pytest.fixture
def alice(db: None) -> Writer:
    return writer("alice")


def raw(writer: Writer, body: str) -> tuple[int, str]:
    reply = writer.api.generic("POST", "/api/v1/transformations", body, content_type="application/json")
    return reply.status_code, reply.json()["code"]


@pytest.mark.parametrize(
    "body",
    ["[" * 100_000, '{"text":' + "[" * 100_000 + "]" * 100_000 + "}", '{"text":"hi","x":' + "[" * 60 + "]" * 60 + "}"],
)
def test_what_is_nested_too_deep_is_refused(alice: Writer, body: str) -> None:
    assert raw(alice, body) == (400, "parse_error")


@pytest.mark.parametrize("body", ["{", '{"text":"hi","level":NaN}', '{"text":"hi","level":' + "9" * 5000 + "}"])
def test_what_is_no_json_is_refused(alice: Writer, body: str) -> None:
    assert raw(alice, body) == (400, "parse_error")
