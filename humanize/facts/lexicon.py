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


@lru_cache(maxsize=1)
def opposites() -> frozenset[tuple[str, str]]:
    """Return the pairs of words that turn a fact round, in both orders."""
    pairs = [
        (one, other) for one, _, other in (pair.partition("|") for pair in _listed(_tables()["words"]["opposites"]))
    ]
    return frozenset([*pairs, *((other, one) for one, other in pairs)])
