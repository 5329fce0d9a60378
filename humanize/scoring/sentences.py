"""Scores of sentences, for highlighting. They are hints, not verdicts on single sentences."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from humanize.scoring.detector import Detector, judges_language
from humanize.scoring.loader import shipped_detector
from humanize.scoring.markers import find
from humanize.scoring.prose import Segmented, prose_of
from humanize.scoring.tokens import tokens_in_place, words_of
from humanize.text.spans import Span

_SENTENCE = re.compile(r"\S(?:[^.!?\n]|[.!?](?!\s))*[.!?]*")
_FULL_WEIGHT_WORDS = 12
_UNDECIDED = 0.5


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """The score of the sentence `text[start:end]`.

    `weight` is from 0 (human) over 0.5 (undecided, and for what is not prose) to 1 (AI); `markers` are spans of the
    text.
    """

    start: int
    end: int
    weight: float
    markers: tuple[Span, ...]


def sentence_scores(
    text: str, document: Segmented | None = None, language: str = "en", detector: Detector | None = None
) -> tuple[SentenceScore, ...]:
    """Return one score per sentence, in order; none for a language that the detector does not judge.

    `detector` is the shipped one by default. Never raises on any text.
    """
    detector = detector or shipped_detector()
    if not judges_language(detector, language):
        return ()
    places = [(s.start, s.end) for s in document.sentences] if document else _split(text)
    placed = list(tokens_in_place(text))
    starts = [start for _, start, _ in placed]
    tokens = [token for token, _, _ in placed]
    ranges = [(bisect_left(starts, start), bisect_left(starts, end)) for start, end in places]
    markers = [Span(placed[first][1], placed[last - 1][2], "marker") for first, last in find(tokens)]
    likeness = detector.sentence_likeness(text, placed, ranges)
    spans = prose_of(text, document).spans
    prose = [span.start for span in spans], [span.end for span in spans]
    return tuple(
        SentenceScore(
            *place,
            _weight(value, tokens[first:last]) if _is_inside(place, *prose) else _UNDECIDED,
            _inside(markers, *place),
        )
        for place, (first, last), value in zip(places, ranges, likeness, strict=True)
    )


def _split(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _SENTENCE.finditer(text)]


def _weight(likeness: float, tokens: Sequence[str]) -> float:
    trust = min(len(words_of(tokens)) / _FULL_WEIGHT_WORDS, 1.0)
    return round(_UNDECIDED + (likeness - _UNDECIDED) * trust, 4)


def _is_inside(place: tuple[int, int], starts: Sequence[int], ends: Sequence[int]) -> bool:
    """Return whether the sentence begins inside one of the spans, given by their sorted starts and ends."""
    before = bisect_right(starts, place[0])
    return before > 0 and place[0] < ends[before - 1]


def _inside(markers: Sequence[Span], start: int, end: int) -> tuple[Span, ...]:
    first = bisect_left(markers, start, key=lambda span: span.start)
    last = bisect_left(markers, end, key=lambda span: span.start)
    return tuple(markers[first:last])
