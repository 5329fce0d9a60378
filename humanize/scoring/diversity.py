"""Lexical diversity as MTLD (McCarthy and Jarvis 2010), which does not fall with the length of a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_FLOOR = 0.72


def mtld(words: Sequence[str]) -> float:
    """Return the mean of the forward and the backward pass, in words. A text without repetition scores its length."""
    if not words:
        return 0.0
    return (_one_way(words, len(words)) + _one_way(reversed(words), len(words))) / 2


def _one_way(words: Iterable[str], total: int) -> float:
    factors, count = 0.0, 0
    seen: set[str] = set()
    for word in words:
        count += 1
        if word not in seen:  # a new word never lowers the ratio
            seen.add(word)
        elif len(seen) <= _FLOOR * count:
            factors += 1.0
            seen, count = set(), 0
    if count:
        factors += (1 - len(seen) / count) / (1 - _FLOOR)
    return total / factors if factors else float(total)
