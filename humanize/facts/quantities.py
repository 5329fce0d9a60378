"""Numbers with their units, in words and figures alike: “four hours”, “£38.9m”, “two-thirds”, “one in five”."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from humanize.facts.facts import Fact, Reading
from humanize.facts.numerals import PARTS, Numeral, Token, numeral_at
from humanize.facts.units import CURRENCIES, MONEY, SHORT, UNITS

_Unit = tuple[tuple[tuple[str, Fraction], ...], int]  # the unit, and the place of the token behind it
_NO_ADJECTIVES = frozenset(
    "that this these those with from into over than when then which while such each every their there were have".split()
)
_HYPHENS = frozenset({"-", "‑", "‐"})
_RANGE = frozenset({"-", "–", "—", "to", "and", "or", ",", "‑"})
_SOFT_WORDS: dict[str, tuple[Reading, ...]] = {
    "both": (("", Fraction(2)),),
    "pair": (("", Fraction(2)),),
    "couple": (("", Fraction(2)),),
    "single": (("", Fraction(1)),),
    "sole": (("", Fraction(1)),),
    "half": (("", Fraction(1, 2)), ("percent", Fraction(50))),
    "double": (("times", Fraction(2)), ("", Fraction(2))),
    "quarter": (("", Fraction(1, 4)), ("percent", Fraction(25))),
    "annual": (("month", Fraction(12)),),
    "daily": (("second", Fraction(86_400)),),
    "no": (("", Fraction(0)),),
}
_HARD_WORDS: dict[str, tuple[Reading, ...]] = {
    "twice": (("times", Fraction(2)), ("", Fraction(2))),
    "thrice": (("times", Fraction(3)), ("", Fraction(3))),
    "doubled": (("times", Fraction(2)), ("", Fraction(2))),
    "doubling": (("times", Fraction(2)), ("", Fraction(2))),
    "tripled": (("times", Fraction(3)), ("", Fraction(3))),
    "tripling": (("times", Fraction(3)), ("", Fraction(3))),
    "triple": (("times", Fraction(3)), ("", Fraction(3))),
    "quadrupled": (("times", Fraction(4)), ("", Fraction(4))),
    "quadruple": (("times", Fraction(4)), ("", Fraction(4))),
    "halved": (("", Fraction(1, 2)),),
    "halving": (("", Fraction(1, 2)),),
}
_AFTER_SECOND = frozenset({"thoughts", "hand", "-", "nature", "to"})
_DISCOURSE = frozenset({"first", "second", "third", "fourth", "fifth"})


@dataclass(frozen=True, slots=True)
class _Amount:
    """A fact, the tokens that it has, and its bare value and unit, which a neighbour may share."""

    fact: Fact
    first: int
    after: int
    value: Fraction | None = None
    unit: tuple[tuple[str, Fraction], ...] = ()


def quantities(words: Sequence[Token], taken: frozenset[int]) -> list[Fact]:
    """Return the quantities among the tokens, in order; `taken` are the tokens that a date or a name has."""
    found: list[_Amount] = []
    at = 0
    while at < len(words):
        amount = None if at in taken else _amount_at(words, at)
        if amount is not None:
            found.append(amount)
        at = max(at + 1, amount.after if amount is not None else 0)
    for place in range(len(found) - 2, -1, -1):
        found[place : place + 2] = _with_neighbour(words, found[place], found[place + 1])
    return [amount.fact for amount in found]


def _amount_at(words: Sequence[Token], at: int) -> _Amount | None:
    ratio = _ratio(words, at)
    if ratio is not None:
        return ratio
    numeral = numeral_at(words, at)
    if numeral is not None:
        return _measured(words, numeral)
    token = words[at]
    if token.low in {"a", "an", "per", "each", "every"}:
        unit = _unit(words, at + 1)
        if unit is None:
            return None
        fact = Fact("number", token.start, words[unit[1] - 1].end, frozenset(unit[0]), soft=True)
        return _Amount(fact, at, unit[1], None, unit[0])
    for table, is_soft in ((_SOFT_WORDS, True), (_HARD_WORDS, False)):
        if token.low in table:
            return _worded(words, at, table[token.low], is_soft=is_soft)
    return None


def _worded(words: Sequence[Token], at: int, readings: Sequence[Reading], *, is_soft: bool) -> _Amount:
    """“half an hour” is thirty minutes; “both” alone is only a two."""
    place = at + 2 if _low(words, at + 1) in {"a", "an"} else at + 1
    unit = _unit(words, place) if words[at].low in {"half", "quarter"} else None
    if unit is None:
        return _Amount(Fact("number", words[at].start, words[at].end, frozenset(readings), is_soft), at, at + 1)
    share = Fraction(1, 2) if words[at].low == "half" else Fraction(1, 4)
    in_units = frozenset((base, share * factor) for base, factor in unit[0])
    return _Amount(Fact("number", words[at].start, words[unit[1] - 1].end, in_units), at, unit[1])


def _ratio(words: Sequence[Token], at: int) -> _Amount | None:
    """“one in five”, “3 out of 10”."""
    above = numeral_at(words, at)
    if above is None or above.form not in {"cardinal", "figure"}:
        return None
    place = above.after
    if _low(words, place) == "out" and _low(words, place + 1) == "of":
        place += 2
    elif _low(words, place) == "in":
        place += 1
    else:
        return None
    if _low(words, place) == "every":
        place += 1
    below = numeral_at(words, place) if place < len(words) else None
    if below is None or below.form not in {"cardinal", "figure"} or not 0 < above.value < below.value:
        return None
    if below.value > 10_000 or below.value in range(1_900, 2_100):  # “two in 2019” is a year
        return None
    share = above.value / below.value
    readings: frozenset[Reading] = frozenset({("", share), ("percent", share * 100)})
    return _Amount(Fact("number", words[at].start, words[below.after - 1].end, readings), at, below.after)


def _numbers_an_item(words: Sequence[Token], numeral: Numeral) -> bool:
    """Whether the figure only numbers a list item, a step or an option: “2.”, “Step 3:”, “Option 1”."""
    token = words[numeral.first]
    if not token.is_figure or numeral.value > 50 or numeral.after > numeral.first + 1:
        return False
    if _low(words, numeral.first - 1) in _ITEMS:
        return True
    return token.opens_line and _low(words, numeral.after) in {".", ")", ":"}


_ITEMS = frozenset({"step", "option", "tip", "part", "phase", "point", "reason", "item"})


def _measured(words: Sequence[Token], numeral: Numeral) -> _Amount:
    first, after, value = numeral.first, numeral.after, numeral.value
    start, end = words[first].start, words[after - 1].end
    money = _money_before(words, first)
    if money is not None:
        fact = Fact("money", words[first - 1].start, end, frozenset({(money, value)}), value=value)
        return _Amount(fact, first, after, value, ((money, Fraction(1)),))
    if numeral.form == "ordinal":
        return _ordinal(words, numeral)
    if numeral.form == "decade":
        return _Amount(Fact("number", start, end, _decade(value)), first, after)
    is_word = not words[first].is_figure
    bare: frozenset[Reading] = frozenset({("", value)})
    unit = _unit(words, after) or _unit_after_adjective(words, after)
    if unit is not None:
        readings: frozenset[Reading] = frozenset((base, value * factor) for base, factor in unit[0])
        readings = readings | bare if numeral.form == "fraction" else readings
        kind = "money" if any(base in CURRENCIES for base, _ in unit[0]) else "number"
        soft = (is_word and value == 1) or numeral.form == "scale"
        fact = Fact(kind, start, words[unit[1] - 1].end, readings, soft, value)
        return _Amount(fact, first, unit[1], value, unit[0])
    if value.denominator != 1:
        bare |= {("percent", value * 100)}
    # “one” is a pronoun more often than a number
    soft = value == 1 or (is_word and value == 0) or numeral.form == "scale" or _numbers_an_item(words, numeral)
    return _Amount(Fact("number", start, end, bare, soft, value), first, after, value)


def _ordinal(words: Sequence[Token], numeral: Numeral) -> _Amount:
    first, after, value = numeral.first, numeral.after, numeral.value
    start, following = words[first].start, _low(words, after)
    place = after + 1 if following in _HYPHENS else after
    if _low(words, place) in {"century", "centuries"}:
        readings: frozenset[Reading] = frozenset({("century", value), ("decade", (value - 1) * 100)})
        return _Amount(Fact("number", start, words[place].end, readings), first, place + 1)
    is_single, low = after == first + 1, words[first].low
    readings = frozenset({("ordinal", value), ("", value)})
    if is_single and low in PARTS:
        readings |= {("", Fraction(1, PARTS[low])), ("percent", Fraction(100, PARTS[low]))}
    counts_points = low in _DISCOURSE and (following in {",", ""} or words[first].text[0].isupper())
    is_idiom = low == "second" and following in _AFTER_SECOND
    soft = value == 1 or (is_single and (counts_points or is_idiom))
    return _Amount(Fact("number", start, words[after - 1].end, readings, soft), first, after)


def _decade(value: Fraction) -> frozenset[Reading]:
    if value >= 1_000:
        readings: set[Reading] = {("decade", value)}
        if value % 100 == 0:
            readings |= {("century", value / 100 + 1)}
        else:
            readings |= {("decade", value % 100)}
        return frozenset(readings)
    return frozenset({("decade", value)})


def _money_before(words: Sequence[Token], first: int) -> str | None:
    """The currency of the sign or code that stands before the figure."""
    if first == 0 or not words[first].is_figure:
        return None
    before = words[first - 1]
    if before.text in MONEY or (before.text.isupper() and len(before.text) == 3 and before.low in UNITS):
        return UNITS[before.low][0][0]
    return None


def _unit(words: Sequence[Token], at: int) -> _Unit | None:
    """The unit that begins here, and the place after it."""
    place = at + 1 if _low(words, at) in _HYPHENS else at
    low = _low(words, place)
    if low == "per" and _low(words, place + 1) == "cent":
        return UNITS["percent"], place + 2
    if low == "percentage" and _low(words, place + 1) in {"point", "points"}:
        return UNITS["pp"], place + 2
    if low == "°" and _low(words, place + 1) in {"c", "f"}:
        return UNITS["°" + _low(words, place + 1)], place + 2
    if low in {"degrees", "degree"} and _low(words, place + 1) in {"celsius", "fahrenheit"}:
        return UNITS[_low(words, place + 1)], place + 2
    if low == "km" and _low(words, place + 1) == "/" and _low(words, place + 2) == "h":
        return UNITS["kph"], place + 3
    if low == "us" and _low(words, place + 1) in {"dollar", "dollars"}:
        return UNITS["dollar"], place + 2
    if low not in UNITS or (low in SHORT and not _is_close(words, place)):
        return None
    return UNITS[low], place + 1


def _unit_after_adjective(words: Sequence[Token], at: int) -> _Unit | None:
    """“two consecutive months”: one word may stand between, but none that ends the phrase."""
    between = _low(words, at)
    if not between.isalpha() or len(between) < 4 or between in _NO_ADJECTIVES or numeral_at(words, at) is not None:
        return None
    unit = _unit(words, at + 1)
    return unit if unit is not None and _low(words, at + 1) not in SHORT and len(_low(words, at + 1)) > 2 else None


def _is_close(words: Sequence[Token], place: int) -> bool:
    """Whether a short unit stands directly behind a figure, at most a space between them."""
    if place == 0 or place >= len(words):
        return False
    before = words[place - 1]
    if before.text in _HYPHENS and place > 1:
        before = words[place - 2]
    return before.is_figure and words[place].start - before.end <= 1


def _low(words: Sequence[Token], at: int) -> str:
    return words[at].low if 0 <= at < len(words) else ""


def _with_neighbour(words: Sequence[Token], one: _Amount, other: _Amount) -> tuple[_Amount, ...]:
    """“10 to 15 minutes” gives minutes to both, “$10–15” dollars; “an hour and a half” and “1841–43” are read whole."""
    between = words[one.after : other.first]
    joined = _sum(words, one, other)
    if joined is not None:
        return (joined,)
    if [word.text for word in between] in (["-"], ["–"], ["/"]) and _abbreviates(one, other):
        whole = (one.value or Fraction(0)) // 100 * Fraction(100) + (other.value or Fraction(0))
        return one, replace(other, fact=replace(other.fact, readings=other.fact.readings | {("", whole)}))
    if not 1 <= len(between) <= 2 or not {word.low for word in between} <= _RANGE | MONEY:
        return one, other
    if one.value is not None and not one.unit and other.unit and not one.fact.soft:
        return _in_unit(one, other), other
    if other.value is not None and not other.unit and one.fact.kind == "money" and not other.fact.soft:
        return one, _in_unit(other, one)
    return one, other


def _abbreviates(one: _Amount, other: _Amount) -> bool:
    """Whether the second of two years is cut to its last two figures."""
    if one.value is None or other.value is None or one.unit or other.unit:
        return False
    return 1_000 <= one.value < 2_200 and one.value % 100 < other.value < 100


def _sum(words: Sequence[Token], one: _Amount, other: _Amount) -> _Amount | None:
    """“an hour and a half”, “2 hours 30 minutes”: the second part is smaller and in a unit of the same kind."""
    between = [word.low for word in words[one.after : other.first]]
    if between not in ([], ["and"], ["and", "a"]) or not one.unit:
        return None
    bases = dict(one.unit)
    value = one.value if one.value is not None else Fraction(1)
    if "a" in between or (not other.unit and between == ["and"]):
        share = dict(other.fact.readings).get("")
        if words[other.first].low not in {"half", "quarter"} or not isinstance(share, Fraction):
            return None
        readings = frozenset((base, (value + share) * factor) for base, factor in bases.items())
    elif other.unit and other.value is not None:
        smaller = {base: factor for base, factor in other.unit if base in bases and factor < bases[base]}
        readings = frozenset((base, value * bases[base] + other.value * factor) for base, factor in smaller.items())
    else:
        return None
    if not readings:
        return None
    return _Amount(Fact("number", one.fact.start, other.fact.end, readings), one.first, other.after)


def _in_unit(bare: _Amount, neighbour: _Amount) -> _Amount:
    """The bare number in its neighbour's unit, or as it stands."""
    value = bare.value or Fraction(0)
    readings = bare.fact.readings | {(base, value * factor) for base, factor in neighbour.unit}
    return replace(bare, fact=replace(bare.fact, kind=neighbour.fact.kind, readings=readings), unit=neighbour.unit)
