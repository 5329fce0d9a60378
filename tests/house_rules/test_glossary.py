"""`docs/glossary.md` gives each word one meaning and names classes and modules that exist."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass

import pytest

from tests.house_rules.source import ROOT

_ROW = re.compile(r"^\| (?P<word>[^|]+) \| (?P<meaning>[^|]+) \| `(?P<carrier>[\w.]+)` \|$")
_HEAD = {"| word | meaning | carried by |", "|---|---|---|"}


@dataclass(frozen=True)
class Term:
    word: str
    meaning: str
    carrier: str


def _lines() -> list[str]:
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return [line for line in page.splitlines() if line.startswith("|") and line not in _HEAD]


def _terms() -> list[Term]:
    return [Term(**found.groupdict()) for line in _lines() if (found := _ROW.match(line))]


TERMS = _terms()


def test_each_line_gives_a_word_a_meaning_and_one_carrier() -> None:
    assert [line for line in _lines() if not _ROW.match(line)] == []


def test_no_word_has_two_meanings() -> None:
    words = [term.word.lower() for term in TERMS]
    assert sorted({word for word in words if words.count(word) > 1}) == []


@pytest.mark.parametrize("carrier", sorted({term.carrier for term in TERMS}))
def test_what_carries_a_word_exists(carrier: str) -> None:
    module, _, name = carrier.rpartition(".")
    try:
        importlib.import_module(carrier)
    except ModuleNotFoundError:
        assert hasattr(importlib.import_module(module), name), f"{carrier} does not exist"
