"""Words of English reduced to what their forms share, and the words that only hold a sentence together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

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
_IRREGULAR = {
    form: forms.split()[0]
    for forms in """
    say said|tell told|think thought|know knew known|find found|see saw seen|become became|begin began begun|keep kept
    |hold held|write wrote written|stand stood|hear heard|mean meant|meet met|run ran|pay paid|sit sat|speak spoke spoken
    |lead led|grow grew grown|lose lost loss|fall fell fallen|send sent|build built|understand understood|draw drew drawn
    |break broke broken|spend spent|rise rose risen|drive drove driven|buy bought|wear wore worn|choose chose chosen choice
    |seek sought|throw threw thrown|catch caught|deal dealt|win won|forget forgot forgotten|sell sold|teach taught
    |fight fought|eat ate eaten|fly flew flown|show shown|child children|man men|woman women|person people persons
    |foot feet|tooth teeth|life lives|wife wives|leaf leaves|half halves|good better best|bad worse worst|feel felt
    |leave left|bring brought|strike struck|sing sang sung|drink drank drunk|sleep slept|steal stole stolen
    |hide hid hidden|blow blew blown|feed fed|shoot shot|stick stuck|tear tore torn|analysis analyses analyze analyse
    |crisis crises|phenomenon phenomena|criterion criteria|raise raised|die died dead death dies|lie lied lies
    """.split("|")
    for form in forms.split()[1:]
}
_ENDINGS = (
    "izations", "isations", "ization", "isation", "ations", "ation", "itions", "ition", "iveness", "fulness", "ously",
    "ingly", "edly", "ments", "ment", "nesses", "ness", "ities", "ity", "ances", "ance", "ences", "ence", "ancy",
    "ency", "ions", "ion", "ings", "ing", "ies", "ied", "iers", "ier", "ically", "ically", "ical", "ally", "ants",
    "ant", "ents", "ent", "ives", "ive", "able", "ible", "ably", "ibly", "ers", "ors", "er", "or", "est", "ed", "es",
    "ly", "al", "ic", "s", "e", "y",
)  # fmt: skip


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the beginning that the forms of a word share; at least three letters, of a lower-case word."""
    word = _IRREGULAR.get(word, word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "ls":
        word = word[:-1]  # planned, plan
    return word


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a mark of a text: in lower case, its stem (empty for a mark), and where it stands."""

    low: str
    stem: str
    start: int
    end: int

    @property
    def is_content(self) -> bool:
        return bool(self.stem) and self.low not in FUNCTION and not self.low.endswith(("n't", "'s", "'re", "'ve", "'ll"))


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
