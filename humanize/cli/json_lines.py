"""Lines of JSON that people and programs pipe into a command: each an object, checked field by field.

Every function raises InvalidInput, which names the field and the fix.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from humanize.text.segment import BYTE_ORDER_MARK
from humanize.uploads.extract import decode
from humanize.validation import problem


def read_object(raw: bytes, example: str) -> dict[str, object]:
    """Return the object in a line; `example` shows in the error what one looks like. Raises InvalidInput."""
    try:
        fields = json.loads(decode(raw, "the line").removeprefix(BYTE_ORDER_MARK), parse_constant=int)
    except json.JSONDecodeError as error:
        raise problem("the line", f"is not JSON: {error.msg} at character {error.pos}") from error
    except ValueError as error:  # a number of thousands of digits, or NaN, which JSON does not know
        raise problem("the line", "contains a number that cannot be read; check its digits") from error
    if not isinstance(fields, dict):
        raise problem("the line", f"must be an object such as {example}")
    return fields


def check_keys(fields: Mapping[str, object], known: Collection[str]) -> None:
    """Refuse fields that the command does not know. Raises InvalidInput."""
    unknown = sorted(set(fields) - set(known))
    if unknown:
        raise problem(unknown[0], f"is an unknown field; expected one of {', '.join(sorted(known))}")


def text_in(fields: Mapping[str, object], key: str, default: str) -> str:
    """Return a field that is text, or the default where it is absent. Raises InvalidInput."""
    value = fields.get(key, default)
    if not isinstance(value, str):
        raise problem(key, "must be text")
    return value


def phrases_in(fields: Mapping[str, object], key: str, default: Sequence[str]) -> list[str]:
    """Return a field that is a list of phrases, or the default where it is absent. Raises InvalidInput."""
    value = fields.get(key, list(default))
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise problem(key, "must be a list of phrases")
    return value
