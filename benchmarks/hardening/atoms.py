"""Adversarial atoms: short texts that, repeated, have made somebody's pattern or loop slow, and near matches.

They are generated: characters of each Unicode class, signs alone and in pairs, openings without an end, and the
beginnings of what a pattern looks for.
"""

# ruff: noqa: E501  # lists of odd texts read worse over more lines

from __future__ import annotations

import importlib
import random
import re
import sys
import unicodedata
from collections.abc import Iterator
from itertools import product
from typing import Any

parser = importlib.import_module("re._parser")  # the only reader of Python's own patterns; no stub tells of it

_INVISIBLE = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202e\u2066\u2028\u2029\u0085\u00a0\u2007\u202f\u3000\ufe0f\u034f\u180e"
)
_SIGNS = "\"'`*_~#>|-+=.,:;!?()[]{}<>/\\@&%$^…–—“”‘’«»„•·°№§†"
_OPENINGS = (
    "[[", "](", "![", "<!--", "<a ", "</", "<div>", "&#", "&amp", "{{", "{%", "${", "%(", "```", "~~~", "$$", "\\(", "---\n",
    "| ", "|-|", "> ", "- ", "1. ", "# ", "  \n", "\r\n", "\n\n", "\t", " ", ". ", "? ", "“a", "\"a ", "'a ", "‘a’",
)  # fmt: skip
_WORDS = (
    "a", "A", "Aa ", "a ", "a-", "a'", "a’s ", "not ", "not only ", "and ", ", and ", "It is ", "I ", "Dr. ", "e.g. ", "U.S. ",
    "a.a", "a@", "a@a.", "a@a.com ", "@a", "#a ", "http://", "http://a.a/", "www.a", "a.com/", "x://", "file.txt ", "a/b/",
    "../", "C:\\a", "1", "1.", "1,", "1-", "1 ", "1/", "1:", "12 34 ", "1e", "$1", "1%", "(1) ", "[1]", "[1, ", "(A, 1999; ",
    "Aa & Bb, ", "Jan ", "1 May ", "2020-01-01T", "+1 ", "+44 20 ", "(555) ", "4111 1111 ", "DE89 3704 ", "123-45-", "1.1.1.",
    "a:b:", "::", "sk-a", "key=", "password ", "-----BEGIN ", "eyJa.", "12 A Street ", "Aaa Bbb ", "rue de la ", "AB12 3CD",
    "=1+1", "@SUM(", "\"a\",", "\"\"", "a,b\n", '{"a":', "[{", "null,", "\\u0041", "\\", "%41", "%00", "=?utf-8?q?", "\x1b[0m",
    "supercalifragilistic", "in order to ", "delve into ", "plays a crucial role in ", "However, ", "Moreover, ", "—which ",
    "is not just a, it's ", "ing, ", "of the ", "[CODE_1]", "⟦1⟧", "<1>", "¶",
)  # fmt: skip
_NEAR_MATCHES = 6
_LONGEST = 60


def atoms() -> tuple[str, ...]:
    """Return the atoms for every pattern and pass: at least 150, each once, in the same order always."""
    found = [*_of_each_class(), *_INVISIBLE, *_SIGNS, *_OPENINGS, *_WORDS]
    found += ["".join(pair) for pair in product('([<"*`-1a \n', repeat=2)]
    found += [f"a{sign}" for sign in _INVISIBLE]
    return tuple(dict.fromkeys(found))


def _of_each_class() -> Iterator[str]:
    """Two characters of each general category that a text can hold."""
    seen: dict[str, int] = {}
    for point in range(sys.maxunicode):
        category = unicodedata.category(chr(point))
        if category not in {"Cs", "Cn"} and point and seen.get(category, 0) < 2:
            seen[category] = seen.get(category, 0) + 1
            yield chr(point)


def near_matches(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Return texts that the pattern nearly matches: what it looks for, cut short, and with a character that fails."""
    chance = random.Random(pattern.pattern.encode("utf-8", "surrogatepass"))
    found: list[str] = []
    for _ in range(_NEAR_MATCHES):
        text = _sample(parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG), chance)[:_LONGEST]
        if text:
            cut = text[: chance.randint(1, len(text))]
            found += [cut, text + chance.choice("!~ \x00"), cut[-max(1, len(cut) // 3) :]]
    return tuple(dict.fromkeys(found))


def _sample(parsed: Any, chance: random.Random) -> str:
    """A text for a parsed pattern. What looks around is left out, so the text need not match."""
    return "".join(_sample_of(str(operation), value, chance) for operation, value in parsed)


def _sample_of(operation: str, value: Any, chance: random.Random) -> str:
    match operation:
        case "LITERAL":
            return chr(value)
        case "NOT_LITERAL" | "ANY":
            return chance.choice("ax 1")
        case "IN":
            return _of_set(value, chance)
        case "BRANCH":
            return _sample(chance.choice(value[1]), chance)
        case "SUBPATTERN":
            return _sample(value[3], chance)
        case "ATOMIC_GROUP":
            return _sample(value, chance)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, inner = value
            return "".join(_sample(inner, chance) for _ in range(min(int(most), max(least, chance.randint(1, 4)))))
    return ""


def _of_set(items: Any, chance: random.Random) -> str:
    if str(items[0][0]) == "NEGATE":
        return chance.choice("ax 1-")
    operation, value = chance.choice(items)
    match str(operation):
        case "LITERAL":
            return chr(value)
        case "RANGE":
            return chr(chance.randint(*value))
    return {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a"}.get(str(value), "-")
