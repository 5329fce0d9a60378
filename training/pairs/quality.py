"""How good a training example a pair is: from 0 to 1, with reasons. Pure: uses only the text code and the detector.

In a good pair the author kept the meaning, made the text less machine-like and introduced no mechanical faults.
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
_FULL_CHANGE = 0.4  # a drop of the AI-likeness by this much or more gets full marks
_MEANING_FLOOR = 0.5
_CAP_BELOW_FLOOR = 0.2
_FAULTS_PER_100_WORDS = 2.0  # this many new faults get no marks


@dataclass(frozen=True, slots=True)
class PairFacts:
    """The pair and what is known about it.

    `share_kept` is the share of the proposed edits that the author kept, 0 to 1; None if none was decided. `rating` is
    from 1 to 5.
    """

    original: str
    humanized: str
    language: str = "en"
    rating: int | None = None
    share_kept: float | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of the score: its value from 0 to 1 and an explanation."""

    name: str
    value: float
    weight: float
    sentence: str


@dataclass(frozen=True, slots=True)
class QualityScore:
    """The score from 0 to 1 with its reasons, and the AI-likeness before and after (English texts from 60 words on)."""

    score: float
    reasons: tuple[Reason, ...]
    before: float | None = None
    after: float | None = None


def assess(pair: PairFacts) -> QualityScore:
    """Return the weighted mean of the parts that can be computed.

    A pair that changed nothing scores 0, and one that lost its meaning is capped.
    """
    before = score(pair.original, language=pair.language).ai_likeness
    after = score(pair.humanized, language=pair.language).ai_likeness
    meaning = similarity(pair.original, pair.humanized)
    parts = [_meaning(meaning), _faults(pair), _length(pair)]
    if before is not None and after is not None:
        parts.append(_change(before, after))
    if pair.share_kept is not None:
        parts.append(_part("share_kept", pair.share_kept, f"{pair.share_kept:.0%} of the proposed edits were kept"))
    if pair.rating is not None:
        parts.append(_part("rating", (pair.rating - 1) / 4, f"the author's rating is {pair.rating} of 5"))
    value = sum(part.value * part.weight for part in parts) / sum(part.weight for part in parts)
    return QualityScore(round(_capped(pair, meaning, value), 4), tuple(parts), before, after)


def _capped(pair: PairFacts, meaning: float, value: float) -> float:
    if pair.original == pair.humanized:
        return 0.0
    return min(value, _CAP_BELOW_FLOOR) if meaning < _MEANING_FLOOR else value


def _part(name: str, value: float, sentence: str) -> Reason:
    return Reason(name, round(min(1.0, max(0.0, value)), 4), _WEIGHTS[name], sentence)


def _meaning(value: float) -> Reason:
    return _part("meaning_kept", (value - _MEANING_FLOOR) / (1 - _MEANING_FLOOR), f"meaning similarity {value:.2f}")


def _change(before: float, after: float) -> Reason:
    sentence = f"AI-likeness {before:.2f} before, {after:.2f} after"
    # A text that was never AI-like cannot improve in this respect, so no change gets half marks.
    return _part("ai_change", 0.5 + (before - after) / _FULL_CHANGE / 2, sentence)


def _faults(pair: PairFacts) -> Reason:
    new = max(0, len(faults(pair.humanized)) - len(faults(pair.original)))
    words = max(1, len(pair.humanized.split()))
    return _part("faults", 1 - new * 100 / words / _FAULTS_PER_100_WORDS, f"{new} new mechanical faults")


def _length(pair: PairFacts) -> Reason:
    ratio = len(pair.humanized.split()) / max(1, len(pair.original.split()))
    # Full marks from 0.8 to 1.2 times the length, none at 0.5 and 1.5 times.
    return _part("length", 1 - max(0.0, abs(ratio - 1) - 0.2) / 0.3, f"{ratio:.2f} times the length of the draft")
