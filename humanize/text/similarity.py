"""Estimates how much of the meaning a rewrite keeps: lexically, and fast enough for every rewrite.

Content words weigh more than function words, words with the same stem are equal, and a changed negation or number
costs extra, since it changes a fact.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_FUNCTION = frozenset(
    """
    a an the this that these those it its he she they we you i him her them us me his their our your my of to in
    on at by for with from as and or but so if than then is are was were be been being am do does did have has
    had will would can could shall should may might must there here which who whom whose what when where how why
    also just only very more most such each any some all both either into onto upon over under about between
    through during while because since until up down out off again further once own same too now s t
    """.split()
)
_NEGATIONS = frozenset("not no never none nothing nobody neither nor cannot without hardly n't".split())
_ENDINGS = (
    "ations",
    "ation",
    "ingly",
    "ments",
    "ment",
    "ness",
    "ings",
    "ing",
    "edly",
    "ies",
    "ied",
    "ers",
    "ed",
    "es",
    "ly",
    "er",
    "s",
    "e",
)
_FUNCTION_WEIGHT = 0.2
_FACT_PENALTY = 0.1  # for each changed fact per 100 words: in a long text a single one weighs less
_WORDS_A_PENALTY = 100
_NO_NEGATION = re.compile(r"\bnot (?:only|just|merely|simply|to mention)\b")


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=16)  # verification and scoring use the same pair
def similarity(before: str, after: str) -> float:
    """Return the similarity, from 0 to 1. It is 1 for the same words in any order and case, and for two empty texts."""
    left, right = _bag(before), _bag(after)
    if not left and not right:
        return 1.0
    penalty = _FACT_PENALTY * _changed_facts(left, right) / max(1.0, left.total() / _WORDS_A_PENALTY)
    value = _cosine(_weighed(left), _weighed(right)) - penalty
    return min(1.0, max(0.0, value))


def _bag(text: str) -> Counter[str]:
    """Count the words of a text; "not only" is not a negation and counts as another word."""
    lower = _NO_NEGATION.sub("just", text.lower())
    return Counter(word.replace("’", "'") for word in _WORD.findall(lower))


def _weighed(bag: Counter[str]) -> dict[str, float]:
    weighed: dict[str, float] = {}
    for word, count in bag.items():
        stem, weight = (word, _FUNCTION_WEIGHT) if word in _FUNCTION else (_stem(word), 1.0)
        weighed[stem] = weighed.get(stem, 0.0) + weight * count
    return weighed


def _cosine(left: dict[str, float], right: dict[str, float]) -> float:
    if not left or not right:
        return 0.0
    shared = sum(value * right[stem] for stem, value in left.items() if stem in right)
    norms = math.sqrt(sum(v * v for v in left.values()) * sum(v * v for v in right.values()))
    return shared / norms


def _changed_facts(left: Counter[str], right: Counter[str]) -> int:
    """Return the number of dropped and added numbers, plus the difference in the number of negations."""
    numbers = (left - right) + (right - left)
    return sum(count for word, count in numbers.items() if any(map(str.isdigit, word))) + abs(_no(left) - _no(right))


def _no(bag: Counter[str]) -> int:
    return sum(count for word, count in bag.items() if word in _NEGATIONS or word.endswith("n't"))
