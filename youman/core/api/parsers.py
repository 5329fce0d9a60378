"""Parses JSON from untrusted clients and refuses input that DRF accepts but that would cause an internal error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any  # the signature of the base class

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MOST_LEVELS = 50


class BoundedJSONParser(JSONParser):
    """Refuses JSON nested deeper than any request needs; Python's own limit is about a thousand levels."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise _too_deep() from error
        _check_depth(data)
        return data


def _check_depth(data: object) -> None:
    level = [data]
    for _ in range(MOST_LEVELS):
        level = [inner for value in level for inner in _children(value)]
        if not level:
            return
    raise _too_deep()


def _children(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list) else []


def _too_deep() -> ParseError:
    return ParseError(f"The JSON is nested deeper than {MOST_LEVELS} levels; send a flatter object")
