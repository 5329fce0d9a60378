"""Parses JSON from untrusted clients and refuses what no database can store or Python cannot handle.

JSON can spell more than the rows can hold: NUL characters, halves of surrogate pairs, numbers without a bound, the same
field twice. Here they become an answer with status 400, so that no view has to think of them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any  # the signature of the base class

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser, MultiPartParser

from youman.core.errors import FieldProblem, InvalidInput

MOST_LEVELS = 50
LARGEST_INTEGER = 2**63 - 1  # of a column with 64 bits
_INTEGER_DIGITS = 20  # with a sign; int() itself refuses more than 4,300 with an error of its own
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class BoundedJSONParser(JSONParser):
    """Parses strict JSON in UTF-8. Raises ParseError for other bytes, InvalidInput for values that cannot be stored."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            text = stream.read().decode()
            data = json.loads(
                text, object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_constant
            )
        except RecursionError as error:
            raise _too_deep() from error
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from error
        _check_depth(data)
        if "\\u" in text:  # only an escape can spell what the checks below refuse
            _check_texts(data)
        return data


class BoundedMultiPartParser(MultiPartParser):
    """Parses forms with files. Raises ParseError for a part whose header names an encoding that does not exist."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except (LookupError, ValueError) as error:
            raise ParseError(f"Multipart form parse error - {error}; send the names as UTF-8") from error


def unstorable(text: str) -> str:
    """Return why no row can hold the text, as the end of a sentence; empty if one can."""
    found = _UNSTORABLE.search(text)
    if found is None:
        return ""
    if found[0] == "\x00":
        return "contains a NUL character; remove it"
    return "contains half a surrogate pair; encode the text as UTF-8 again"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {twice[:100]!r} is given twice in one object; give it once")
    return data


def _integer(digits: str) -> int:
    if len(digits) > _INTEGER_DIGITS or abs(int(digits)) > LARGEST_INTEGER:
        raise ValueError(f"the number {digits[:30]} has more than 64 bits; send a smaller one, or send it as a text")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"the number {digits[:30]} is too large; send one below 1e308")
    return number


def _constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number; send a finite number or null")


def _check_depth(data: object) -> None:
    level = [data]
    for _ in range(MOST_LEVELS):
        level = [inner for value in level for _, inner in _children(value)]
        if not level:
            return
    raise _too_deep()


def _check_texts(data: object) -> None:
    problem = next(_text_problems(data, ""), None)
    if problem is not None:
        raise InvalidInput(f"{problem.field}: {problem.message}".removeprefix(": "), problems=(problem,))


def _text_problems(value: object, path: str) -> Iterator[FieldProblem]:
    if isinstance(value, str) and (why := unstorable(value)):
        yield FieldProblem(path, why)
    for name, inner in _children(value):
        if isinstance(name, str) and (why := unstorable(name)):
            yield FieldProblem(path, f"the name of a field {why}")
        else:
            yield from _text_problems(inner, f"{path}.{name}".strip("."))


def _children(value: object) -> list[tuple[str | int, object]]:
    if isinstance(value, Mapping):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _too_deep() -> ParseError:
    return ParseError(f"The JSON is nested deeper than {MOST_LEVELS} levels; send a flatter object")
