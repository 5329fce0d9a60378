"""Words that give away a fact of a marked kind, read from `data/marked_words.toml`."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "marked_words.toml"


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, str]]:
    with _DATA.open("rb") as file:
        return tomllib.load(file)


def _listed(text: str) -> list[str]:
    return [" ".join(entry.split()) for entry in text.split(",") if entry.strip()]


@lru_cache(maxsize=16)
def senses(kind: str) -> dict[str, str]:
    """Return entry → sense for a kind: modality, hedge, quantifier, limit, certainty, condition and others."""
    return {entry: sense for sense, entries in _tables()[kind].items() for entry in _listed(entries)}


@lru_cache(maxsize=4)
def words(name: str) -> frozenset[str]:
    """Return the words of a list: `denials`, which deny what follows, or `padding`, which may go without a loss."""
    return frozenset(_listed(_tables()["words"][name]))


def opposites_of(word: str) -> frozenset[str]:
    """Return the words that turn a fact round when they stand for this one."""
    return _opposites().get(word, frozenset())


@lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _listed(_tables()["words"]["opposites"]):
        one, _, other = pair.partition("|")
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others) for word, others in found.items()}
