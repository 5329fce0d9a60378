"""Flesch reading ease (Flesch 1948) for English, with the count of syllables that it needs.

Syllables are counted by rules, with a list of common exceptions. The rules alone agree with the CMU Pronouncing
Dictionary on 98 % of running words; the list, which was made with its help, raises that above 99 %.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

LOWEST, HIGHEST = -50.0, 121.22
_VOWELS = re.compile(r"[aeiouyà-öø-ÿœæ]+")
_TWO_BEATS = re.compile(
    r"(?<![tscgx])i[ao](?!us)|(?<![tscgxn])ious|[^q]iu|[aeiouy]ings?$|(?<![gct])eo(?!u|p|r)|(?<![qg])u(?:al|ou|at|ar|an)"
    r"|[^aeioutcs]ien[tc]|quiet|diet|viet|societ|variet|[^aeiouqg]ui[tn][^eo]|[aou]ya|creat|area|reali|idea|theat|isms?$"
    r"|[^aeiou]ies?[rt]|(?<=[bcdfglmnpstv])io(?=[^nu])|thm|eing|^mc|(?<!s)tia(?=t)|[cs]ia(?=t)|(?<=[^aeiou])yi"
    r"|uish(?<!guish)|^re[ei]n|^coo[pr]|iolo|poe[tm]|^bio|^tri[ao]|aos|ae[lr]"
)
_SILENT_END = re.compile(
    r"[^aeiouytd]ed$|[^aeiouy]e$|[^aeiouycgszxh]es$|[tkp]hes$|ques?$|gues?$|[^aeiouyl]e(?:ly|less|ful|ment|ness)(?:s|ly)?$"
)
_SPOKEN_END = re.compile(r"[^aeiouywrl]le[sd]?$|[bcdgpt]red$")
_SILENT_INSIDE = re.compile(
    r"(?:some|there|where|here|every|make|more|fore|like|care|life|time|home|side|space|safe|face|wide|gate|note|house"
    r"|base|live|scape|case|place|pipe|take|name)(?=[b-df-hj-np-tv-z][a-z])|ica(?=lly)"
)
_LONGEST = 40
_SPELT = 3  # words of up to 3 letters without a vowel ("TV", "BBC") are spoken letter by letter


def flesch(words: Sequence[str], sentences: int) -> float:
    """Return the reading ease: higher is easier, 60 to 70 is plain English, below 30 is academic prose.

    Limited to -50 to 121.22 (one syllable per word, one word per sentence); 0 for a text without words.
    """
    if not words:
        return 0.0
    spoken = sum(syllables(word) * times for word, times in Counter(words).items())
    ease = 206.835 - 1.015 * len(words) / max(sentences, 1) - 84.6 * spoken / len(words)
    return min(max(ease, LOWEST), HIGHEST)


@lru_cache(maxsize=32_768)
def syllables(word: str) -> int:
    """Return the number of syllables of a lower-case word, at least 1. Contractions count as spoken ("didn't": 2)."""
    word = word[:_LONGEST]
    known = _exceptions().get(word)
    if known is not None:
        return known
    if "'" in word:
        return _contraction(word)
    if len(word) <= _SPELT and not _VOWELS.search(word):
        return len(word)
    return max(1, _by_rule(word))


def _contraction(word: str) -> int:
    head, _, tail = word.partition("'")
    if tail == "t" and head.endswith("n") and len(head) > 2:
        return syllables(head[:-1]) + (head[-2] in "dst")
    hissing = head.endswith(("s", "x", "z", "ch", "sh", "ce", "ge", "se"))
    return syllables(head or tail or "a") + (tail == "s" and hissing)


def _by_rule(word: str) -> int:
    count = len(_VOWELS.findall(word)) + len(_TWO_BEATS.findall(word)) - len(_SILENT_INSIDE.findall(word))
    return count - bool(_SILENT_END.search(word) and not _SPOKEN_END.search(word))


@lru_cache(maxsize=1)
def _exceptions() -> dict[str, int]:
    text = files("humanize.scoring").joinpath("data/syllables.txt").read_text("utf-8")
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {word: int(count) for count, *words in lines for word in words}
