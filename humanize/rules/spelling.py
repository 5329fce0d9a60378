"""Spells replacements as the text is spelt: "analysed" in a text with "colour", "analyzed" in one with "color".

The words of two spellings stand in `packs/<language>/spelling.tsv`. Where the text shows no spelling, or as much of one
as of the other, replacements stay as the packs have them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from humanize.rules.pack import PACKS

Spelling = Literal["american", "british"]

_WORD = re.compile(r"[^\W\d_]+")
_DECIDES_ISE = "ise"  # "-ise" and "-ize": British texts have either, so they are told apart by themselves first
# American forms that British texts have as well, with a meaning of their own ("a computer program", "a gas meter").
_BOTH = frozenset("program programs meter meters".split())


@dataclass(frozen=True, slots=True)
class _Word:
    decided_by: str
    spelling: Spelling
    other: str


def spell_like(text: str, replaced: str, replacement: str, language: str) -> str:
    """Return `replacement` in the spelling of `text`; the words that stood in `replaced` stay unchanged."""
    table = _table(language)
    if not table:
        return replacement
    kept = {word.lower() for word in _WORD.findall(replaced)}

    def respelt(match: re.Match[str]) -> str:
        word = table.get(match.group().lower())
        if word is None or match.group().lower() in kept | _BOTH:
            return match.group()
        wanted = _spellings(text, language).get(word.decided_by, word.spelling)
        return match.group() if wanted == word.spelling else _cased(match.group(), word.other)

    return _WORD.sub(respelt, replacement)


@lru_cache(maxsize=8)
def _spellings(text: str, language: str) -> Mapping[str, Spelling]:
    """Return the spelling of a text by what decides it; a spelling that the text does not show is missing."""
    table = _table(language)
    counts: dict[str, Counter[Spelling]] = {}
    for token in _WORD.findall(text):
        word = table.get(token.lower())
        if word is not None and token.lower() not in _BOTH:
            counts.setdefault(word.decided_by, Counter())[word.spelling] += 1
    shown: dict[str, Spelling] = {}
    for decided_by, count in counts.items():
        if count["american"] != count["british"]:
            shown[decided_by] = "american" if count["american"] > count["british"] else "british"
    british = shown.get("british")
    ise = shown.get(_DECIDES_ISE)
    if british is not None and ise is None:
        shown[_DECIDES_ISE] = british
    if british is None and ise == "british":
        shown["british"] = "british"  # no American writes "organise", but many British writers write "organize"
    return shown


@lru_cache(maxsize=8)
def _table(language: str) -> Mapping[str, _Word]:
    path = PACKS / language / "spelling.tsv"
    if not language.isalpha() or not path.is_file():
        return {}
    words: dict[str, _Word] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and line[0] != "#":
            _add(words, *line.split("\t"))
    return words


def _add(words: dict[str, _Word], decided_by: str, american: str, british: str, endings: str, stems: str) -> None:
    for stem in (_part(stem) for stem in stems.split()):
        for ending in (_part(ending) for ending in endings.split()):
            first, second = stem + american + ending, stem + british + ending
            words[first] = _Word(decided_by, "american", second)
            words[second] = _Word(decided_by, "british", first)


def _part(text: str) -> str:
    return "" if text == "-" else text


def _cased(found: str, wanted: str) -> str:
    if found.isupper() and len(found) > 1:
        return wanted.upper()
    return wanted[:1].upper() + wanted[1:] if found[0].isupper() else wanted
