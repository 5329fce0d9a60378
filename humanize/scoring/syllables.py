"""Syllables of English words by rule, with a list of common words that break the rules."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

_VOWELS = re.compile(r"[aeiouyà-öø-ÿœæ]+")
_LONGEST = 40


@lru_cache(maxsize=32_768)
def syllables(word: str) -> int:
    """Syllables of one lower-case word, at least 1. Contractions count as spoken ("didn't" is 2)."""
    word = word[:_LONGEST]
    known = _exceptions().get(word)
    if known is not None:
        return known
    if "'" in word:
        return _contraction(word)
    return max(1, _by_rule(word))


def _contraction(word: str) -> int:
    head, _, tail = word.partition("'")
    if tail == "t" and head.endswith("n"):
        stem = head[:-1]
        return syllables(stem or "n") + (stem[-1:] in ("d", "s"))
    return syllables(head or tail) + (tail in ("s", "d") and head.endswith(("s", "x", "z", "ch", "sh")))


_SILENT_END = re.compile(r"(?<![aeiouyl])es$|[^aeiouytd]ed$|(?<=[^aeiouy])e$")


def _by_rule(word: str) -> int:
    count = len(_VOWELS.findall(word))
    return count - 1 if _SILENT_END.search(word) and not word.endswith(("le", "les")) else count


@lru_cache(maxsize=1)
def _exceptions() -> dict[str, int]:
    text = files("humanize.scoring").joinpath("data/syllables.txt").read_text("utf-8")
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {word: int(count) for count, *words in lines for word in words}
