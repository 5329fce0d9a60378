"""Bodies and queries that no caller should send: every odd value in every field of every operation."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from tests.youman.api.addresses import ADDRESSES

# Spelt as JSON, for what Python's own json does not write.
NUMBERS = (
    "0",
    "-1",
    "-0.0",
    "1e400",
    "-1e400",
    "1e-400",
    "0.1e1",
    "2147483647",
    "2147483648",
    "-2147483649",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "1e19",
    "1.5",
    "9" * 40,
    "9" * 4_300,
    "9" * 4_301,
    "-" + "9" * 5_000,
    "NaN",
    "Infinity",
    "-Infinity",
    "1" + "0" * 400,
    "1e308",
    "3.0",
)  # fmt: skip
TEXTS = (
    '""',
    '" "',
    '"\\u0000"',
    '"a\\u0000b"',
    '"\\ud800"',
    '"\\udfff"',
    '"a\\ud83d b"',
    '"\\ude00\\ud83d"',
    '"\\ufffe"',
    '"\\ufeff"',
    '"\\u202e"',
    '"\\u0001\\u001f\\u007f"',
    '"\\n"',
    '"\\r\\n"',
    '"' + "x" * 256 + '"',
    '"' + "x" * 70_000 + '"',
    '"' + "é" * 101 + '"',
    '"👩‍👩‍👧"',
    '"../../etc/passwd"',
    '"%00"',
    '"%s%n"',
    '"{{7*7}}"',
    '"\'; DROP TABLE x; --"',
    '"<script>"',
    '"=1+1"',
    '"0001-01-01"',
    '"9999-12-31T23:59:59-12:00"',
    '"0000-00-00"',
    '"editor/99999999999999999999"',
    '"editor/-1"',
    '"editor@\\u0000"',
    '"null"',
    '"true"',
    '"01890a5d-ac96-774b-bcce-b302099a8057"',
    '"01890a5dac96774bbcceb302099a8057"',
    '"00000000-0000-0000-0000-000000000000"',
    '"http://[::1"',
    '"http://\\u0000"',
    '"file:///etc/passwd"',
    '"sha256:' + "0" * 64 + '"',
)  # fmt: skip
OTHERS = (
    "null",
    "true",
    "false",
    "[]",
    "{}",
    "[null]",
    "[[]]",
    "[{}]",
    '{"": null}',
    '{"\\u0000": 1}',
    '{"\\ud800": 1}',
    '{"a": {"b": ["\\u0000"]}}',
    '{"a": 1, "a": 2}',
    "[" * 60 + "]" * 60,
    '{"a":' * 49 + "1" + "}" * 49,
    '{"a":' * 3_000 + "1" + "}" * 3_000,
    "[" + "1," * 10_001 + "1]",
    '["a", 1, null, {}]',
    '{"checks": [{"name": "\\ud800", "passed": true}]}',
    '{"checks": [{"name": [], "passed": 1}]}',
    '{"a": {"value": 1e400}}',
    '{"a": {"value": 1, "n": 99999999999999999999}}',
    '[{"metric": {}, "bound": [], "value": "x"}]',
    '[{"key": [], "step": {}, "value": []}]',
    '{"purpose": "\\u0000"}',
    '[["a"], ["b", "c", "d"]]',
    '[{"id": 1e30, "decision": []}]',
    '[{"text": {"a": []}}]',
    "[0.5]",
    "[true]",
    '{"a": NaN}',
)  # fmt: skip
VALUES = (*NUMBERS, *TEXTS, *OTHERS)
QUERIES = (
    "%00",
    "a%00b",
    "%ff",
    "%ed%a0%80",
    "%F0%9F%91%A9",
    "9" * 40,
    "9" * 4_301,
    "-1",
    "0",
    "NaN",
    "1e400",
    "%0d%0a",
    "%",
    "%u0041",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00+14:00",
    "10000-01-01",
    "-0001-01-01",
    "01890a5d-ac96-774b-bcce-b302099a8057",
    "x" * 5_000,
    "[]",
    "{}",
    "null",
    "true",
    "a/99999999999999999999",
    "a/%00",
    "..%2F..%2F",
    "WzFlNDAwLCAiXHUwMDAwIl0",
    "WyI5OTk5LTEyLTMxVDIzOjU5OjU5LTEyOjAwIiwgIlx1ZDgwMCJd",
    "W1tdLCB7fV0",
    "W10",
    "bnVsbA",
    "WyJcdTAwMDAiLCAxXQ",
    "WzFlMzAwLCAxXQ",
    "Wzk5OTk5OTk5OTk5OTk5OTk5OTk5OTksIDFd",
)  # fmt: skip


def base(schema: dict[str, Any]) -> Any:
    """Return a body that the operation's description allows, as plain as can be."""
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            required = schema.get("required", ())
            return {name: base(one) for name, one in schema.get("properties", {}).items() if name in required}
        case "array":
            return [base(schema["items"])] * max(schema.get("minItems", 0), 1) if "items" in schema else []
        case "integer":
            return max(schema.get("minimum", 1), 1)
        case "number":
            return 1.0
        case "boolean":
            return True
    return "01890a5d-ac96-774b-bcce-b302099a8057" if schema.get("format") == "uuid" else "word"


def bodies(seed: int = 0) -> Iterator[tuple[str, str]]:
    """Yield operations with bodies: each value in each field, and each value as the whole body.

    They differ in the order of a seed, so that a bounded number of them is a fair sample.
    """
    found = []
    for name, address in ADDRESSES.items():
        if address.media != "application/json":
            continue
        for value in VALUES:
            found.append((name, value))
            found += [(name, replaced(base(address.body), path, value)) for path in fields(address.body)]
    random.Random(seed).shuffle(found)
    yield from found


def fields(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the path of every field, those of nested objects and of the items of lists too."""
    for name, one in schema.get("properties", {}).items():
        yield (*path, name)
        yield from fields(one, (*path, name))
    if "items" in schema:
        yield (*path, "0")
        yield from fields(schema["items"], (*path, "0"))


def replaced(body: Any, path: tuple[str, ...], value: str) -> str:
    """Return the spelt body with `value` at the path, whose objects are made where the body lacks them."""
    place = '"PLACE OF THE VALUE"'
    whole = body = body if isinstance(body, dict) else {}
    for name, following in zip(path, (*path[1:], ""), strict=True):
        inner: Any = "PLACE OF THE VALUE" if not following else [] if following == "0" else {}
        if isinstance(body, list):
            kept = body[0] if body and following and isinstance(body[0], type(inner)) else inner
            body[:] = [kept]
            body = kept
        else:
            kept = body.get(name) if following and isinstance(body.get(name), type(inner)) else inner
            body[name] = kept
            body = kept
    return json.dumps(whole).replace(place, value)


def queries() -> Iterator[tuple[str, str]]:
    """Yield operations with query strings: each odd value for each parameter."""
    for name, address in ADDRESSES.items():
        for parameter in address.parameters:
            for value in QUERIES:
                needed = [f"{one.name}={quote(one.valid()[0])}" for one in address.parameters if one.required]
                yield (
                    name,
                    "&".join(
                        [
                            *[one for one in needed if not one.startswith(f"{parameter.name}=")],
                            f"{parameter.name}={value}",
                        ]
                    ),
                )
