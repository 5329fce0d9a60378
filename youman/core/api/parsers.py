"""JSON from strangers: what DRF's parser lets through and would end as an error of ours is refused here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any  # the base class says so

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MOST_LEVELS = 50


class BoundedJSONParser(JSONParser):
    """Refuses what is nested deeper than any request of ours: Python's own limit is hit at about a thousand."""

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
    return ParseError(f"JSON parse error - nested deeper than {MOST_LEVELS} levels")
