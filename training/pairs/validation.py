"""Validates the rows of imported files. Every error names the field and how to fix it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import get_args

from humanize.options import Register
from training.pairs.author_hash import hash_imported_author
from training.pairs.ingest import MAX_CHARACTERS, IncomingPair

ORIGINAL_NAMES = ("original", "source", "before", "input", "draft", "ai")
HUMANIZED_NAMES = ("humanized", "target", "after", "output", "edited", "human")
_STRATEGIES = ("", *get_args(Register))
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


class InvalidRow(ValueError):
    """A row that cannot be imported; `problem` says why."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def parse_pair(fields: Mapping[str, object]) -> IncomingPair:
    """Return the pair of a row. Unknown fields are ignored, so that files from other programs can be imported.

    Raises InvalidRow.
    """
    level, rating = _number(fields, "level"), _number(fields, "rating")
    return IncomingPair(
        original=_text(fields, ORIGINAL_NAMES),
        humanized=_text(fields, HUMANIZED_NAMES),
        strategy=_chosen(fields, "strategy", _STRATEGIES),
        level=level,
        language=_language(fields),
        domain=_short(fields, "domain", 50),
        author=hash_imported_author(_short(fields, "author", 200)),
        rating=rating,
    )


def _text(fields: Mapping[str, object], names: tuple[str, ...]) -> str:
    name = next((name for name in names if fields.get(name) not in {None, ""}), None)
    if name is None:
        raise InvalidRow(f"{names[0]} is missing or empty (other accepted names: {', '.join(names[1:])})")
    value = fields[name]
    if not isinstance(value, str):
        raise InvalidRow(f"{name} must be a string")
    if len(value) > MAX_CHARACTERS:
        raise InvalidRow(f"{name} is longer than {MAX_CHARACTERS:,} characters; divide it into paragraphs")
    if found := _CONTROL.search(value):
        raise InvalidRow(f"{name} contains the control character U+{ord(found.group()):04X}; remove it")
    if not value.strip():
        raise InvalidRow(f"{name} is blank")
    return value


def _short(fields: Mapping[str, object], name: str, most: int) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most or _CONTROL.search(value):
        raise InvalidRow(f"{name} must be a string of up to {most} characters")
    return value.strip()


def _chosen(fields: Mapping[str, object], name: str, allowed: tuple[str, ...]) -> str:
    value = _short(fields, name, 50)
    value = "" if value == "auto" else value
    if value not in allowed:
        raise InvalidRow(f"{name} must be one of {', '.join(filter(None, allowed))}, or left out")
    return value


def _language(fields: Mapping[str, object]) -> str:
    value = _short(fields, "language", 50).lower().partition("-")[0]
    if value and not _LANGUAGE.fullmatch(value):
        raise InvalidRow("language must be a code of two or three letters, such as en, or left out")
    return value


def _number(fields: Mapping[str, object], name: str) -> int | None:
    value = fields.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:9])
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 5:
        raise InvalidRow(f"{name} must be a whole number from 1 to 5, or left out")
    return value
