"""Which sentences carry the score, for highlighting. A hint to the eye, never a verdict on one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from humanize.scoring.markers import find
from humanize.scoring.score import Segmented
from humanize.scoring.store import detector
from humanize.scoring.tokens import is_word, tokenise, tokens_in_place
from humanize.text.spans import Span

_SENTENCE = re.compile(r"\S(?:[^.!?\n]|[.!?](?!\s))*[.!?]*")
_FULL_WEIGHT_WORDS = 12


@dataclass(frozen=True, slots=True)
class SentenceScore:
    """``text[start:end]``: ``weight`` from 0 (human) over 0.5 (says nothing) to 1 (AI); ``markers`` in text offsets."""

    start: int
    end: int
    weight: float
    markers: tuple[Span, ...]


def sentence_scores(text: str, document: Segmented | None = None, language: str = "en") -> tuple[SentenceScore, ...]:
    """One score a sentence, in order; nothing for a language other than English."""
    if not language.lower().startswith("en"):
        return ()
    places = ((s.start, s.end) for s in document.sentences) if document else _split(text)
    return tuple(_score(text, start, end) for start, end in places)


def _split(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _SENTENCE.finditer(text))


def _score(text: str, start: int, end: int) -> SentenceScore:
    sentence = text[start:end]
    tokens = tokenise(sentence)
    words = sum(1 for token in tokens if is_word(token))
    placed = list(tokens_in_place(sentence))
    markers = tuple(
        Span(start + placed[first][1], start + placed[last - 1][2], "marker")
        for first, last in find([token for token, _, _ in placed])
    )
    trust = min(words / _FULL_WEIGHT_WORDS, 1.0)
    weight = 0.5 + (detector().probability(tokens, words) - 0.5) * trust
    return SentenceScore(start, end, round(weight, 4), markers)
