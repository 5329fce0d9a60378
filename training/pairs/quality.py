"""How good a training example a pair is: 0 to 1, with the reasons. Pure: uses the text code and the detector only.

A pair teaches when the author kept the meaning, took the machine out of the text and left no fault behind.
"""

from __future__ import annotations

from dataclasses import dataclass

from humanize.scoring import score
from humanize.text.faults import faults
from humanize.text.similarity import similarity

_WEIGHTS = {
    "meaning_kept": 0.30,
    "ai_change": 0.20,
    "faults": 0.15,
    "share_kept": 0.15,
    "rating": 0.10,
    "length": 0.10,
}
_FULL_CHANGE = 0.4  # a drop of the AI-likeness by this much, or more, is all that can be asked
_MEANING_FLOOR = 0.5
_CAP_BELOW_FLOOR = 0.2
_FAULTS_PER_100_WORDS = 2.0  # new faults at which the pair teaches nothing but mistakes


@dataclass(frozen=True, slots=True)
class PairFacts:
    """`share_kept` is the share of proposed edits that the author kept; None where nobody decided. `rating` is 1–5."""

    original: str
    humanized: str
    language: str = "en"
    rating: int | None = None
    share_kept: float | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of the score: `value` 0–1 and a sentence for people."""

    name: str
    value: float
    weight: float
    sentence: str


@dataclass(frozen=True, slots=True)
class QualityScore:
    """`score` 0–1; AI-likeness before and after where there is one (60 English words and more)."""

    score: float
    reasons: tuple[Reason, ...]
    before: float | None = None
    after: float | None = None


def assess(pair: PairFacts) -> QualityScore:
    """The weighted mean of what can be told; a pair that changed nothing, or lost its meaning, is capped."""
    before = score(pair.original, language=pair.language).ai_likeness
    after = score(pair.humanized, language=pair.language).ai_likeness
    meaning = similarity(pair.original, pair.humanized)
    found = [_meaning(meaning), _faults(pair), _length(pair)]
    if before is not None and after is not None:
        found.append(_change(before, after))
    if pair.share_kept is not None:
        found.append(_part("share_kept", pair.share_kept, f"{pair.share_kept:.0%} of the proposed edits were kept"))
    if pair.rating is not None:
        found.append(_part("rating", (pair.rating - 1) / 4, f"the author gave {pair.rating} of 5"))
    value = sum(one.value * one.weight for one in found) / sum(one.weight for one in found)
    return QualityScore(round(_capped(pair, meaning, value), 4), tuple(found), before, after)


def _capped(pair: PairFacts, meaning: float, value: float) -> float:
    if pair.original == pair.humanized:
        return 0.0
    return min(value, _CAP_BELOW_FLOOR) if meaning < _MEANING_FLOOR else value


def _part(name: str, value: float, said: str) -> Reason:
    return Reason(name, round(min(1.0, max(0.0, value)), 4), _WEIGHTS[name], said)


def _meaning(value: float) -> Reason:
    return _part("meaning_kept", (value - _MEANING_FLOOR) / (1 - _MEANING_FLOOR), f"meaning similarity {value:.2f}")


def _change(before: float, after: float) -> Reason:
    said = f"AI-likeness {before:.2f} before, {after:.2f} after"
    # A text that never looked like AI has nothing to lose: it is neither better nor worse for it.
    return _part("ai_change", 0.5 + (before - after) / _FULL_CHANGE / 2, said)


def _faults(pair: PairFacts) -> Reason:
    new = max(0, len(faults(pair.humanized)) - len(faults(pair.original)))
    words = max(1, len(pair.humanized.split()))
    return _part("faults", 1 - new * 100 / words / _FAULTS_PER_100_WORDS, f"{new} new mechanical faults")


def _length(pair: PairFacts) -> Reason:
    ratio = len(pair.humanized.split()) / max(1, len(pair.original.split()))
    # Full marks from 0.8 to 1.2 of the length, none at half and at one and a half.
    return _part("length", 1 - max(0.0, abs(ratio - 1) - 0.2) / 0.3, f"{ratio:.2f} of the length")
