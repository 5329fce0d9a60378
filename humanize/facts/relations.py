"""How two English words stand to each other: the same, synonyms, opposites, one more general, siblings, strangers.

The table is drawn from WordNet 3.0 (see NOTICE), for words that are in use; `authoring` makes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from humanize.facts.lexicon import opposites_of
from humanize.facts.stems import irregular_forms, stem

_DATA = Path(__file__).parent / "data"
_FORMS = (
    ("ies", "y"), ("ied", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"),
    ("er", ""), ("er", "e"), ("est", ""), ("est", "e"), ("ly", ""), ("ily", "y"),
)  # fmt: skip
_LEAST = 3  # letters that stay of a word


class Relation(StrEnum):
    """`sibling`: two things of one kind, such as summer and winter; `sibling act`: two acts or qualities of one kind.

    `stranger`: the table knows both words and no tie; `unknown`: it does not know one of them."""

    SAME = "same"
    SYNONYM = "synonym"
    OPPOSITE = "opposite"
    GENERAL = "general"
    SIBLING = "sibling"
    SIBLING_ACT = "sibling act"
    STRANGER = "stranger"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class _Entry:
    """The senses of a lemma, what is one step more general, its opposites, and words made from it."""

    senses: frozenset[str]
    above: frozenset[str]
    opposites: frozenset[str]
    derived: frozenset[str]


@lru_cache(maxsize=1)
def _table() -> dict[str, _Entry]:
    table = {}
    for line in (_DATA / "word_relations.tsv").read_text(encoding="utf-8").splitlines():
        lemma, *columns = line.split("\t")
        senses, above, opposites, derived = (frozenset(one.split()) for one in (*columns, "", "", "", "")[:4])
        table[lemma] = _Entry(senses, above, opposites, derived)
    return table


@lru_cache(maxsize=50_000)
def lemmas(word: str) -> frozenset[str]:
    """Return the lemmas that a lower-case word may be a form of; empty where the table knows none."""
    return frozenset(one for one in _candidates(word) if one in _table())


def _candidates(word: str) -> Iterator[str]:
    yield word
    if word in irregular_forms():
        yield irregular_forms()[word]
    for ending, base in _FORMS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST - len(base):
            cut = word[: -len(ending)] + base
            yield cut
            if not base and len(cut) > _LEAST and cut[-1] == cut[-2]:
                yield cut[:-1]


@lru_cache(maxsize=50_000)
def relation(one: str, other: str) -> Relation:
    """Return how two lower-case words stand to each other, the closest tie first; opposites before all but the same."""
    left, right = lemmas(one), lemmas(other)
    if (
        one == other
        or left & right
        or (stem(one) == stem(other) and not (left and right and _is_opposite(left, right)))
    ):
        return Relation.SAME
    if other in opposites_of(one) or _is_opposite(left, right):
        return Relation.OPPOSITE
    if not left or not right:
        return Relation.UNKNOWN
    a, b = _joined(left), _joined(right)
    if a.senses & b.senses or a.derived & right or b.derived & left:
        return Relation.SYNONYM
    if a.senses & b.above or b.senses & a.above:
        return Relation.GENERAL
    shared = a.above & b.above
    if any(one[0] == "n" for one in shared):
        return Relation.SIBLING
    return Relation.SIBLING_ACT if shared else Relation.STRANGER


def _is_opposite(left: frozenset[str], right: frozenset[str]) -> bool:
    return any(_table()[one].opposites & right or opposites_of(one) & right for one in left)


@lru_cache(maxsize=50_000)
def _joined(words: frozenset[str]) -> _Entry:
    entries = [_table()[word] for word in words]
    return _Entry(
        frozenset().union(*(entry.senses for entry in entries)),
        frozenset().union(*(entry.above for entry in entries)),
        frozenset().union(*(entry.opposites for entry in entries)),
        frozenset().union(*(entry.derived for entry in entries)),
    )
