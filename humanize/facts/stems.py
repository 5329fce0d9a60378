"""Words of English reduced to what their forms share, and the words that only hold a sentence together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_DATA = Path(__file__).parent / "data"
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[.,;:!?—–()]")
FUNCTION = frozenset(
    """
    a an the this that these those it its itself he she they we you i him her them us me himself herself themselves
    ourselves myself yourself his their our your my mine yours hers ours theirs one ones of to in on at by for with
    from as and or but so if than then is are was were be been being am do does did done doing have has had having
    will would can could shall should may might must there here which who whom whose what when where how why also
    just very too such each any some all both either into onto upon over under about between through during while
    because since until up down out off again further once own same now not no nor yet still even only s t ll ve re
    d m more most much many get gets got getting make makes made making go goes went going gone come comes came like
    well way ways thing things kind sort lot lots it's that's there's rather quite really actually simply indeed let
    lets set put take takes took taken taking give gives gave given giving use uses used using
    """.split()
)
_ENDINGS = (
    "izations", "isations", "ization", "isation", "ations", "ation", "itions", "ition", "iveness", "fulness", "ously",
    "ingly", "edly", "ments", "ment", "nesses", "ness", "ities", "ity", "ances", "ance", "ences", "ence", "ancy",
    "ency", "ions", "ion", "ings", "ing", "ies", "ied", "iers", "ier", "ically", "ically", "ical", "ally", "ants",
    "ant", "ents", "ent", "ives", "ive", "able", "ible", "ably", "ibly", "ers", "ors", "er", "or", "est", "ed", "es",
    "ly", "al", "ic", "s", "e", "y",
)  # fmt: skip


@lru_cache(maxsize=1)
def irregular_forms() -> dict[str, str]:
    """Return form → base, such as “said” → “say”, as WordNet lists them (see NOTICE)."""
    lines = (_DATA / "irregular_forms.tsv").read_text(encoding="utf-8").splitlines()
    return {form: base for form, _, base in (line.partition("\t") for line in lines)}


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the beginning that the forms of a word share; at least three letters, of a lower-case word."""
    word = irregular_forms().get(word, word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]  # planned, plan
    return word


_CONTRACTED = ("n't", "'s", "'re", "'ve", "'ll", "'m", "'d")


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a mark of a text: in lower case, its stem (empty for a mark), and where it stands."""

    low: str
    stem: str
    start: int
    end: int

    @property
    def is_content(self) -> bool:
        return bool(self.stem) and self.low not in FUNCTION and not self.low.endswith(_CONTRACTED)


def read_words(text: str) -> list[Word]:
    """Divide a text into words and marks. Linear in its length."""
    found = []
    for match in _WORD.finditer(text):
        low = match.group().lower().replace("’", "'")
        plain = low.removesuffix("'s")
        found.append(Word(low, stem(plain) if plain[0].isalnum() else "", match.start(), match.end()))
    return found


def stems_of(words: Sequence[Word]) -> frozenset[str]:
    """Return the stems of the words that carry content."""
    return frozenset(word.stem for word in words if word.is_content)
