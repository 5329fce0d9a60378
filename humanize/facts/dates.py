"""Dates and times of day, each part a fact: “3 May 2019”, “2019-05-03”, “on Friday at half past five”."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from humanize.facts.facts import Fact, Reading
from humanize.facts.numerals import Token, numeral_at

_MONTHS = {
    name: number
    for number, names in enumerate(
        "january jan,february feb,march mar,april apr,may,june jun,july jul,august aug,september sept sep,october oct,"
        "november nov,december dec".split(","),
        1,
    )
    for name in names.split()
}
_ALSO_WORDS = frozenset({"may", "march", "mar", "jan", "sep", "dec", "jun"})
_WEEKDAY_NAMES = "monday mon,tuesday tue tues,wednesday wed,thursday thu thurs,friday fri,saturday,sunday"
_WEEKDAYS = {name: number for number, names in enumerate(_WEEKDAY_NAMES.split(",")) for name in names.split()}
_BEFORE_A_MONTH = frozenset(
    "in of since until by last next this early late mid and to from st nd rd th".split()  # “in May”, “the 3rd of March”
)
_SEASONS = {"summer": "summer", "winter": "winter", "autumn": "autumn", "midsummer": "summer", "midwinter": "winter"}
_ISO = re.compile(r"(?<![\d-])(\d{4})-(\d\d)-(\d\d)(?![\d-])")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)(?![\d/])")
_CLOCK = re.compile(
    r"(?<![\d:.])(\d{1,2})[:.](\d\d)(?::\d\d)?\s?([ap])\.?m\b\.?|(?<![\d:.])(\d{1,2})\s?([ap])\.?m\b\.?|(?<![\d:.])([01]?\d|2[0-4]):([0-5]\d)(?::[0-5]\d)?(?![\d:])",
    re.I,
)
_OCLOCK = re.compile(r"\b(\d{1,2}|[a-z]{3,6}) o['’]clock\b", re.I)
_RELATIVE = {"yesterday": "yesterday", "tomorrow": "tomorrow", "noon": "noon", "midday": "noon", "midnight": "midnight"}
_HOURS = {w: n for n, w in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)}
DATE_WORDS = frozenset((*_MONTHS, *_WEEKDAYS, *_SEASONS, *_RELATIVE, "today", "ago", "am", "pm", "bc", "ad", "clock"))


def dates(text: str, words: Sequence[Token]) -> tuple[list[Fact], frozenset[int]]:
    """Return the dates and times, and the numbers of the tokens that belong to them."""
    found = [*_written(text), *_clocks(text)]
    covered = [(fact.start, fact.end) for fact in found]
    taken = _tokens_in(words, covered)
    more: list[Fact] = []
    for at, token in enumerate(words):
        if at not in taken:
            more += _named(words, at, token)
    return sorted([*found, *more], key=lambda fact: (fact.start, fact.end)), frozenset(taken)


def _tokens_in(words: Sequence[Token], ranges: Sequence[tuple[int, int]]) -> set[int]:
    taken: set[int] = set()
    ordered, place = sorted(ranges), 0
    for at, token in enumerate(words):
        while place < len(ordered) and ordered[place][1] <= token.start:
            place += 1
        if place < len(ordered) and ordered[place][0] <= token.start:
            taken.add(at)
    return taken


def _written(text: str) -> Iterator[Fact]:
    for match in _ISO.finditer(text):
        year, month, day = (int(part) for part in match.groups())
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield from _calendar(match, year, {month}, {day})
    for match in _SLASHED.finditer(text):
        one, other, year = (int(part) for part in match.groups())
        if max(one, other) <= 31 and min(one, other) <= 12:
            months = {part for part in (one, other) if part <= 12}
            yield from _calendar(match, year if year > 99 else 2_000 + year, months, {one, other})


def _calendar(match: re.Match[str], year: int, months: set[int], days: set[int]) -> Iterator[Fact]:
    start, end = match.span()
    yield Fact("date", start, end, frozenset({("", Fraction(year)), ("", Fraction(year % 100))}))
    yield Fact("date", start, end, frozenset(("month of the year", Fraction(month)) for month in months))
    yield Fact("date", start, end, frozenset({*_day(days)}))


def _day(days: set[int]) -> Iterator[Reading]:
    for day in days:
        yield ("", Fraction(day))
        yield ("ordinal", Fraction(day))


def _clocks(text: str) -> Iterator[Fact]:
    for match in _CLOCK.finditer(text):
        hour, minute, half, hour_alone, half_alone, hour_24, minute_24 = match.groups()
        if hour_24 is not None:
            minutes = int(hour_24) * 60 + int(minute_24)
            readings = {minutes} if int(hour_24) > 12 else {minutes, (minutes + 720) % 1_440}
        else:
            at = int(hour or hour_alone) % 12 * 60 + int(minute or 0)
            readings = {at + (720 if (half or half_alone).lower() == "p" else 0)}
        if max(readings) <= 1_440:
            yield Fact("time", *match.span(), frozenset(("time", Fraction(one)) for one in readings))
    for match in _OCLOCK.finditer(text):
        word = match.group(1).lower()
        spoken = int(word) if word.isdecimal() else _HOURS.get(word, 0)
        if 1 <= spoken <= 12:
            readings = {spoken % 12 * 60, spoken % 12 * 60 + 720}
            yield Fact("time", *match.span(), frozenset(("time", Fraction(one)) for one in readings))


def _named(words: Sequence[Token], at: int, token: Token) -> Iterator[Fact]:
    low = token.low
    singular = low[:-1] if low.endswith("s") and low[:-1] in _WEEKDAYS else low
    if low in _MONTHS and _is_month(words, at):
        yield Fact("date", token.start, token.end, frozenset({("month of the year", Fraction(_MONTHS[low]))}))
    elif singular in _WEEKDAYS and token.text[0].isupper() and len(singular) > 4:
        yield Fact("date", token.start, token.end, frozenset({("weekday", Fraction(_WEEKDAYS[singular]))}))
    elif low.removesuffix("s") in _SEASONS:
        yield Fact("date", token.start, token.end, frozenset({("season", _SEASONS[low.removesuffix("s")])}))
    elif low in _RELATIVE:
        name = _RELATIVE[low]
        readings: set[Reading] = {("day", name)}
        if name in {"noon", "midnight"}:
            readings |= {("time", Fraction(720 if name == "noon" else 0))}
        yield Fact("time", token.start, token.end, frozenset(readings))


def _is_month(words: Sequence[Token], at: int) -> bool:
    """“May 3” and “in May” are dates; “may” and “March on” are not."""
    token = words[at]
    if not token.text[0].isupper():
        return False
    if token.low not in _ALSO_WORDS:
        return True
    before = words[at - 1] if at else None
    after = words[at + 1] if at + 1 < len(words) else None
    if after is not None and (after.is_figure or numeral_at(words, at + 1) is not None):
        return True
    if before is None:
        return False
    return before.is_figure or before.low in _BEFORE_A_MONTH
