"""A fact of a closed kind: where it stands, and every way to read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Reading = tuple[str, Fraction | str]


@dataclass(frozen=True, slots=True)
class Fact:
    """`readings` holds each meaning that the words may have; two facts agree where they share one.

    A `soft` fact, such as “both” or “a year”, may stand for another one, but need not be kept and may come.
    """

    kind: str
    start: int
    end: int
    readings: frozenset[Reading]
    soft: bool = False
    value: Fraction | None = None

    @property
    def is_bare(self) -> bool:
        """Whether it is a number without a unit."""
        return self.value is not None and ("", self.value) in self.readings

    @property
    def is_time(self) -> bool:
        """Whether it is a length of time or a number of times."""
        return any(base in {"second", "month", "times"} for base, _ in self.readings)

    @property
    def is_small_count(self) -> bool:
        """Whether it may only count what the text lists: “by two sets of reports”."""
        return self.is_bare and self.value in _SMALL

    def announces_list(self, text: str) -> bool:
        """Whether it counts what follows a colon: “in six ways:”."""
        return self.is_bare and self.value in _LISTED and _LIST.match(text, self.end) is not None


_SMALL = frozenset({Fraction(2), Fraction(3), Fraction(4)})
_LISTED = frozenset(map(Fraction, range(2, 13)))
_LIST = re.compile(r"(?: [a-z’'-]{2,20}){1,3}:\s{0,4}(?:\n|$)")


def unmatched(wanted: Sequence[Fact], there: Sequence[Fact]) -> list[Fact]:
    """Return the facts of `wanted` that nothing in `there` agrees with; soft ones are never missed.

    A length of time agrees with the same number alone, whose unit the sentence may say elsewhere: “aged 60”.
    """
    known: set[Reading] = {reading for fact in there for reading in fact.readings}
    bare: set[Fraction | None] = {fact.value for fact in there if fact.is_bare}
    measured: set[Fraction | None] = {fact.value for fact in there if fact.value is not None and fact.is_time}
    derived = _derived(there)
    return [fact for fact in wanted if not (fact.soft or _is_there(fact, known, bare, measured, derived))]


def _is_there(
    fact: Fact,
    known: set[Reading],
    bare: set[Fraction | None],
    measured: set[Fraction | None],
    derived: set[Fraction],
) -> bool:
    if not fact.readings.isdisjoint(known):
        return True
    if fact.value is not None and ((fact.is_time and fact.value in bare) or (fact.is_bare and fact.value in measured)):
        return True
    return any(value in derived for base, value in fact.readings if base in {"", "month"})


def _derived(there: Sequence[Fact]) -> set[Fraction]:
    """What follows from two of the numbers: “half” from 30 and 60, “two decades”, in months, from 1990 and 2010."""
    values = [fact.value for fact in there[:_MOST_DERIVED] if fact.value]
    pairs = [(one, other) for one in values for other in values if one < other]
    spans = {(other - one) * 12 for one, other in pairs if _is_year(one, other)}
    return spans | {one / other for one, other in pairs}


_MOST_DERIVED = 40  # so that a text of ten thousand numbers stays linear


def _is_year(*values: Fraction) -> bool:
    return all(value.denominator == 1 and 1_000 <= value < 2_200 for value in values)
