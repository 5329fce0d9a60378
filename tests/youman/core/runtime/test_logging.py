from __future__ import annotations

import json
import logging

import pytest

from youman.core.runtime.logging import JsonFormatter, redact


@pytest.mark.parametrize(
    "secret",
    [
        "ym_abcdefgh12345678", "sk-proj-abcdef123456", "AIzaSyA1234567890", "AKIAABCDEFGHIJKLMNOP", "Bearer abc.def",
        "password=hunter2", "'api_key': 'verysecret'", "postgres://user:hunter2@host/db",
    ],
)  # fmt: skip
def test_credentials_are_redacted(secret: str) -> None:
    cleaned = redact(f"before {secret} after")
    assert "[redacted]" in cleaned
    assert not any(part in cleaned for part in ("hunter2", "verysecret", "abcdef", "abc.def", "AIzaSy", "AKIAAB"))


def test_a_line_is_one_json_object_with_extras_and_without_secrets() -> None:
    record = logging.makeLogRecord(
        {"name": "x", "levelname": "INFO", "msg": "key %s", "args": ("ym_abcdefgh1234",), "request_id": "r1", "ms": 3.5}
    )
    line = json.loads(JsonFormatter().format(record))
    assert line["message"] == "key [redacted]"
    assert (line["request_id"], line["ms"], line["level"]) == ("r1", 3.5, "info")


def test_links_that_let_somebody_in_are_redacted() -> None:
    assert redact("Not Found: /invite/inv_abcdefgh-12_34") == "Not Found: /invite/[redacted]"
    assert redact("/password/reset/MQ/c1a2b3-0a1b2c") == "/password/reset/[redacted]"
    assert redact("/password/reset/sent") == "/password/reset/sent"


def test_a_row_that_the_database_repeats_is_redacted() -> None:
    said = "violates check constraint\nDETAIL:  Failing row contains (1, Dear diary,\nI (we) wrote)."
    assert redact(said) == "violates check constraint\nDETAIL:  Failing row contains [redacted]"
