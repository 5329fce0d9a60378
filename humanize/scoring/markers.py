"""Finds rhetorical markers of machine-written text in one pass over the tokens, longest first, without overlaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from humanize.scoring.tokens import tokenise

Index = dict[str, dict[str, tuple[tuple[str, ...], ...]]]


def inflections(stem: str) -> tuple[str, ...]:
    """Return the verb forms that `stem*` represents: the stem with or without its final e, with -s, -es, -ed, -ing."""
    base = stem.removesuffix("e")
    return tuple(dict.fromkeys((stem, base, *(base + ending for ending in ("e", "s", "es", "ed", "ing")))))


def parse(lines: Iterable[str]) -> list[tuple[str, ...]]:
    """Read patterns as sequences of tokens, expanding `*` and skipping comments and blank lines."""
    patterns: list[tuple[str, ...]] = []
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        forms: list[tuple[str, ...]] = [()]
        for word in line.split():
            spelt = inflections(word[:-1]) if word.endswith("*") else (word,)
            forms = [(*form, *tokenise(one)) for form in forms for one in spelt]
        patterns.extend(forms)
    return patterns


def index(patterns: Iterable[tuple[str, ...]]) -> Index:
    """Group patterns by their first and second word ("" for none), longest first."""
    grouped: dict[str, dict[str, list[tuple[str, ...]]]] = {}
    for pattern in sorted(set(patterns), key=lambda found: (-len(found), found)):
        second = pattern[1] if len(pattern) > 1 else ""
        grouped.setdefault(pattern[0], {}).setdefault(second, []).append(pattern)
    return {first: {second: tuple(ps) for second, ps in tails.items()} for first, tails in grouped.items()}


@cache
def shipped_index() -> Index:
    text = files("humanize.scoring").joinpath("data/markers_v1.txt").read_text("utf-8")
    return index(parse(text.splitlines()))


def find(tokens: Sequence[str], patterns: Index | None = None) -> Iterator[tuple[int, int]]:
    """Yield the half-open token ranges of the markers from left to right: the longest at each place, no overlaps."""
    patterns = shipped_index() if patterns is None else patterns
    taken = 0
    for place in [place for place, token in enumerate(tokens) if token in patterns]:
        if place >= taken and (length := _longest(tokens, place, patterns[tokens[place]])):
            taken = place + length
            yield place, taken


def _longest(tokens: Sequence[str], place: int, tails: Mapping[str, tuple[tuple[str, ...], ...]]) -> int:
    second = tokens[place + 1] if place + 1 < len(tokens) else ""
    for pattern in (*tails.get(second, ()), *tails.get("", ())):
        if tuple(tokens[place : place + len(pattern)]) == pattern:
            return len(pattern)
    return 0


def per_1000(tokens: Sequence[str], words: int) -> float:
    """Return the number of markers per 1,000 words; 0 for a text without words."""
    return 1000.0 * sum(1 for _ in find(tokens)) / words if words else 0.0
