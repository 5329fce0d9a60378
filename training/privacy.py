"""Takes personal data out of texts before they are stored. Pure: no Django, no network, no model.

Own recognisers with checksums (`training/recognisers.py`): a card number that fails Luhn is a number, not a card.
What is found becomes `[EMAIL_1]` and the like, the same on both sides of a pair, so that the pair still lines up.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from training.recognisers import ADDRESSES, EMAIL, KEYS, NUMBERED, Recogniser

KINDS = ("email", "phone", "iban", "card", "ip", "national_id", "key", "address")
_DIGIT = re.compile(r"\d")
_LEAST_DIGITS = 6  # of any number that names a person; an IP address may have four
_KEY_HINT = re.compile(
    r"(?i)-----|eyJ|sk[-_]|pk[-_]|rk[-_]|A[KS]IA|gh[pousr]_|_pat_|glpat|xox|"
    r"AIza|hf_|ym_|SG\.|npm_|key|secret|token|pass|pwd|bearer"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """`text[start:end]` is personal data of this kind."""

    start: int
    end: int
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """The texts without personal data, and how many different values of each kind were taken out."""

    texts: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]


def findings(text: str) -> tuple[Finding, ...]:
    """In order, never overlapping; where two meet, the kind that is surer wins."""
    taken: list[Finding] = []
    for recogniser in _candidates(text):
        for match in recogniser.pattern.finditer(text):
            if recogniser.accepts(text, match) and not _overlaps(taken, match.start(), match.end()):
                taken.append(Finding(match.start(), match.end(), recogniser.kind, match.group()))
    return tuple(sorted(taken, key=lambda one: one.start))


def scrub(*texts: str) -> Scrubbed:
    """All texts together, so that one value has one placeholder. Running it again changes nothing."""
    names: dict[tuple[str, str], str] = {}
    counts: Counter[str] = Counter()
    clean = tuple([_replaced(text, findings(text), names, counts) for text in texts])
    return Scrubbed(clean, tuple(sorted(counts.items())))


def _candidates(text: str) -> Iterator[Recogniser]:
    """The recognisers that can find anything: most texts hold few digits and no at-sign."""
    if _KEY_HINT.search(text):
        yield from KEYS
    if "@" in text:
        yield EMAIL
    digits = len(_DIGIT.findall(text))
    if digits >= _LEAST_DIGITS:
        yield from NUMBERED
    elif ":" in text or "." in text:
        yield from (one for one in NUMBERED if one.kind == "ip")
    if digits:
        yield from ADDRESSES


def _overlaps(taken: Iterable[Finding], start: int, end: int) -> bool:
    return any(one.start < end and start < one.end for one in taken)


def _replaced(
    text: str, found: Iterable[Finding], names: dict[tuple[str, str], str], counts: Counter[str]
) -> str:  # fmt: skip
    parts: list[str] = []
    at = 0
    for one in found:
        key = (one.kind, re.sub(r"[\s.()-]+", "", one.value).lower())
        if key not in names:
            counts[one.kind] += 1
            names[key] = f"[{one.kind.upper()}_{counts[one.kind]}]"
        parts += (text[at : one.start], names[key])
        at = one.end
    return "".join((*parts, text[at:]))
