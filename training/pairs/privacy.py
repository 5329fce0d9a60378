"""Removes personal data from texts before they are stored. Pure: no Django, no network, no model.

The recognisers (`training/pairs/recognisers.py`) verify checksums: a number that fails Luhn is not a payment card.
Each value becomes a placeholder such as `[EMAIL_1]`, the same in both texts of a pair, so that they can be aligned.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

from training.pairs.recognisers import (
    ADDRESSES,
    EMAIL,
    IPV4,
    IPV6,
    KEY_BEGINNINGS,
    KEY_WORDS,
    KEYS,
    NAMED_KEY,
    NUMBERED,
    Recogniser,
)

KINDS = ("email", "phone", "iban", "card", "ip", "national_id", "key", "address")
_DIGIT = re.compile(r"\d")
# Every number that identifies a person has six digits close together, or letters before its digits. Years and amounts
# in prose do not, so that most texts skip the two dozen patterns behind this test.
_DENSE = re.compile(r"\d(?:[ .()/+\u00a0-]{0,3}\d){5}")
_LED_BY_LETTERS = re.compile(r"\d\d(?<=[A-Z]{2}\d\d)")
_FOUR_GROUPS = re.compile(r"\d\.\d{1,3}\.\d{1,3}\.\d")


@dataclass(frozen=True, slots=True)
class Finding:
    """`text[start:end]` is personal data of this kind."""

    start: int
    end: int
    kind: str
    value: str


Finder: TypeAlias = Callable[[str], Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class ScrubResult:
    """The texts without personal data, and how many different values of each kind were removed."""

    texts: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]


def findings(text: str) -> tuple[Finding, ...]:
    """Return the findings in text order, without overlaps; where two overlap, the more certain kind wins."""
    return _apart(text, _found(text))


def findings_with(text: str, finder: Finder) -> tuple[Finding, ...]:
    """Return what the project's recognisers find, and what `finder` finds elsewhere in the text."""
    return _apart(text, chain(_found(text), finder(text)))


def _found(text: str) -> Iterator[Finding]:
    for recogniser in _candidates(text):
        for match in recogniser.pattern.finditer(text):
            if recogniser.accepts(text, match):
                yield Finding(match.start(), match.end(), recogniser.kind, match.group())


def _apart(text: str, found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding that overlaps none before it, in text order. Linear in the findings: taken characters are marked."""
    taken = bytearray(len(text))
    kept: list[Finding] = []
    for one in found:
        if taken.find(1, one.start, one.end) < 0:
            taken[one.start : one.end] = b"\x01" * (one.end - one.start)
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: one.start))


def scrub(*texts: str, finder: Finder | None = None) -> ScrubResult:
    """Replace personal data by placeholders, in all texts together, so that one value has one placeholder.

    `finder` looks for more kinds than the project's recognisers. Idempotent.
    """
    names: dict[tuple[str, str], str] = {}
    counts: Counter[str] = Counter()
    found = [findings_with(text, finder) if finder else findings(text) for text in texts]
    clean = tuple([_replaced(text, some, names, counts) for text, some in zip(texts, found, strict=True)])
    return ScrubResult(clean, tuple(sorted(counts.items())))


def _candidates(text: str) -> Iterator[Recogniser]:
    """Yield the recognisers that can match: most texts have few digits, no at-sign and nothing like a key."""
    if any(hint in text for hint in KEY_BEGINNINGS):
        yield from KEYS
    else:
        lower = text.lower()
        if any(hint in lower for hint in KEY_WORDS):
            yield NAMED_KEY
    if "@" in text:
        yield EMAIL
    digits = _DIGIT.search(text) is not None
    if digits and (_DENSE.search(text) or _LED_BY_LETTERS.search(text)):
        yield from NUMBERED
    else:
        yield from _addresses_of_machines(text, digits)
    if digits:
        yield from ADDRESSES


def _addresses_of_machines(text: str, digits: bool) -> Iterator[Recogniser]:
    if digits and _FOUR_GROUPS.search(text):
        yield IPV4
    if text.count(":") > 1:
        yield IPV6


def _replaced(
    text: str, found: Iterable[Finding], names: dict[tuple[str, str], str], counts: Counter[str]
) -> str:  # fmt: skip
    parts: list[str] = []
    at = 0
    for finding in found:
        key = (finding.kind, re.sub(r"[\s.()-]+", "", finding.value).lower())
        if key not in names:
            counts[finding.kind] += 1
            names[key] = f"[{finding.kind.upper()}_{counts[finding.kind]}]"
        parts += (text[at : finding.start], names[key])
        at = finding.end
    return "".join((*parts, text[at:]))
