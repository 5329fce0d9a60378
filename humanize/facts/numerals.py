"""Number words and figures: from a run of tokens to a value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

TOKEN = re.compile(
    r"\d{1,3}(?:,\d{3}){1,6}(?:\.\d{1,20})?(?![\d,]*\d)|\d{1,30}(?:\.\d{1,30})?|[^\W\d_]{1,60}|[^\w\s]|_"
)
_ONES = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
SCALES = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12}
_SHORT_SCALES = {"k": 1_000, "m": 10**6, "mn": 10**6, "bn": 10**9, "b": 10**9, "tn": 10**12}
_ORDINAL_WORDS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "fortieth": 40,
    "fiftieth": 50, "sixtieth": 60, "seventieth": 70, "eightieth": 80, "ninetieth": 90, "hundredth": 100,
    "thousandth": 1_000,
}  # fmt: skip
_HYPHENS = frozenset({"-", "‑", "‐"})
_ORDINAL_ENDS = frozenset({"st", "nd", "rd", "th"})
_GLYPHS = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4), "⅓": Fraction(1, 3), "⅔": Fraction(2, 3)}
PARTS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5,
    "fifths": 5, "sixth": 6, "sixths": 6, "seventh": 7, "sevenths": 7, "eighth": 8, "eighths": 8, "ninth": 9,
    "ninths": 9, "tenth": 10, "tenths": 10, "hundredth": 100, "hundredths": 100,
}  # fmt: skip
_DECADES = {
    word: value
    for value, word in zip(
        range(20, 100, 10),
        "twenties thirties forties fifties sixties seventies eighties nineties".split(),
        strict=True,
    )
}


_ROMANS = {
    text: value
    for value, text in enumerate(
        "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI".split(), 1
    )
}

_ALSO_COUNT = (
    "once twice thrice double triple single pair couple score dozens hundreds thousands millions billions both".split()
)
NUMBER_WORDS = frozenset((*_ONES, *_TENS, *SCALES, *_SHORT_SCALES, *_ORDINAL_WORDS, *PARTS, *_DECADES, *_ALSO_COUNT))
_ARTICLES = frozenset({"a", "an", "the", "this", "that", "my", "your", "his", "her", "our", "their", "and", "or", "i"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a figure or a mark. `low` is the text in lower case."""

    text: str
    low: str
    start: int
    end: int
    opens_line: bool = False

    @property
    def is_figure(self) -> bool:
        return self.text[0].isdecimal()


@dataclass(frozen=True, slots=True)
class Numeral:
    """Tokens `first` up to `after` that give one value; `form` is cardinal, ordinal, fraction, decade or figure."""

    first: int
    after: int
    value: Fraction
    form: str


def tokens(text: str) -> list[Token]:
    """Divide a text into words, figures and marks. Linear in its length."""
    found: list[Token] = []
    last = 0
    opens = True
    for match in TOKEN.finditer(text):
        piece = match.group()
        # Marks of a list or of emphasis before a word leave it the first of its line.
        opens = "\n" in text[last : match.start()] or (opens and (not found or found[-1].text in "*_>#-•("))
        found.append(Token(piece, piece.lower(), match.start(), match.end(), opens))
        last = match.end()
    return found


def numeral_at(words: Sequence[Token], at: int) -> Numeral | None:
    """Return the longest numeral that starts with this token."""
    token = words[at]
    if token.text in _GLYPHS:
        return Numeral(at, at + 1, _GLYPHS[token.text], "fraction")
    if token.is_figure:
        return _figure(words, at)
    if token.low in _DECADES:
        return Numeral(at, at + 1, Fraction(_DECADES[token.low]), "decade")
    if token.text in _ROMANS and at > 0 and words[at - 1].text[0].isupper() and words[at - 1].low not in _ARTICLES:
        return Numeral(at, at + 1, Fraction(_ROMANS[token.text]), "ordinal")
    return _words(words, at)


def _figure(words: Sequence[Token], at: int) -> Numeral:
    value, after = Fraction(words[at].text.replace(",", "")), at + 1
    if after < len(words) and words[after].start == words[at].end:
        joined = words[after]
        if joined.low in _ORDINAL_ENDS:
            return Numeral(at, after + 1, value, "ordinal")
        if joined.low == "s" and value % 10 == 0:
            return Numeral(at, after + 1, value, "decade")
        if joined.text in _GLYPHS:
            return Numeral(at, after + 1, value + _GLYPHS[joined.text], "figure")
        if joined.low in _SHORT_SCALES and not (joined.low == "m" and _is_length(words, at)):
            return Numeral(at, after + 1, value * _SHORT_SCALES[joined.low], "figure")
        if joined.text == "/" and _next_figure(words, after) and value.denominator == 1:
            below = Fraction(words[after + 1].text.replace(",", ""))
            more = after + 2 < len(words) and words[after + 2].text == "/"
            if 0 < value < below <= 100 and not more:
                return Numeral(at, after + 2, value / below, "fraction")
    return _scaled(words, at, after, value, "figure")


def _is_length(words: Sequence[Token], at: int) -> bool:
    """Whether an m behind a figure is a metre: no sign of money stands before it."""
    return at == 0 or words[at - 1].text not in "$€£¥₹"


def _next_figure(words: Sequence[Token], at: int) -> bool:
    return at + 1 < len(words) and words[at + 1].is_figure and words[at + 1].start == words[at].end


def _scaled(words: Sequence[Token], first: int, after: int, value: Fraction, form: str) -> Numeral:
    """With the thousands or millions that follow, and with “and a half”."""
    while after < len(words) and words[after].low in SCALES:
        value, after = value * SCALES[words[after].low], after + 1
    following = [one.low for one in words[after : after + 3]]
    if following[:3] == ["and", "a", "half"]:
        return Numeral(first, after + 3, value + Fraction(1, 2), form)
    if following[:3] == ["and", "a", "quarter"]:
        return Numeral(first, after + 3, value + Fraction(1, 4), form)
    return Numeral(first, after, value, form)


def _words(words: Sequence[Token], at: int) -> Numeral | None:
    """A numeral in words: “two hundred and five thousand”, “twenty-first”, “half a million”, “two-thirds”."""
    low = words[at].low
    if low in SCALES:  # “the first hundred days”
        return _scaled(words, at, at + 1, Fraction(SCALES[low]), "scale")
    if low == "half" and _follows(words, at, "a") and at + 2 < len(words) and words[at + 2].low in SCALES:
        return Numeral(at, at + 3, Fraction(SCALES[words[at + 2].low], 2), "cardinal")
    if low in {"a", "an"} and at + 1 < len(words) and words[at + 1].low in SCALES:
        return _scaled(words, at, at + 1, Fraction(1), "cardinal")
    total, current, after, is_ordinal = 0, 0, at, False
    while after < len(words) and not is_ordinal:
        step = _step(words, after, is_first=after == at)
        if step is None or not (after == at or _fits(current, step)):
            break
        after, is_ordinal = step.after, step.is_ordinal
        if not step.is_scale:
            current += step.value
        elif step.value < 1_000:
            current = max(current, 1) * step.value
        else:
            total, current = total + max(current, 1) * step.value, 0
    if after == at:
        return None
    return _ended(words, at, after, total + current, is_ordinal=is_ordinal)


@dataclass(frozen=True, slots=True)
class _Step:
    """One word of a numeral, and the place behind it."""

    value: int
    after: int
    is_scale: bool = False
    is_ordinal: bool = False


def _fits(current: int, step: _Step) -> bool:
    """Whether the next word goes on with the numeral: “twenty one” does, “two three” and “twenty fifteen” do not."""
    if step.is_scale:
        return True
    rest = current % 100
    return rest == 0 or (rest >= 20 and rest % 10 == 0 and 0 < step.value < 10)


def _step(words: Sequence[Token], at: int, *, is_first: bool) -> _Step | None:
    place = at
    if not is_first and (words[at].text in _HYPHENS or (words[at].low == "and" and _after_scale(words, at))):
        place += 1
    if place >= len(words):
        return None
    low = words[place].low
    if low in SCALES:
        return None if is_first else _Step(SCALES[low], place + 1, is_scale=True)
    if low in _ONES or low in _TENS:
        return _Step(_ONES[low] if low in _ONES else _TENS[low], place + 1)
    if low in _ORDINAL_WORDS:
        return _Step(_ORDINAL_WORDS[low], place + 1, is_ordinal=True)
    return None


def _after_scale(words: Sequence[Token], at: int) -> bool:
    return at > 0 and words[at - 1].low in {"hundred", "thousand", "million"}


def _ended(words: Sequence[Token], first: int, after: int, value: int, *, is_ordinal: bool) -> Numeral:
    if is_ordinal:
        return Numeral(first, after, Fraction(value), "ordinal")
    parts = after + 1 if after < len(words) and words[after].text in _HYPHENS else after
    if parts < len(words) and words[parts].low in PARTS and 0 < value < 100 and _is_part(words[parts].low, value):
        return Numeral(first, parts + 1, Fraction(value, PARTS[words[parts].low]), "fraction")
    return _scaled(words, first, after, Fraction(value), "cardinal")


def _is_part(low: str, value: int) -> bool:
    return low.endswith("s") if value > 1 else low in {"half", "third", "quarter", "fifth", "tenth"}


def _follows(words: Sequence[Token], at: int, low: str) -> bool:
    return at + 1 < len(words) and words[at + 1].low == low
