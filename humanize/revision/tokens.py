"""A text as the tokens that the revision model sees: words, marks and white space, each with its place.

White space is a token of its own, as in `humanize.text.align`: an edit may begin or end there. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from humanize.text.segment import SegmentedText

TOKEN = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*|\s+|[^\w\s]|_")
SPACE = " "
_STOPS = frozenset(".!?")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Parallel lists: ``words`` are folded to small letters and straight apostrophes; ``sentence`` counts from 0."""

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    sentence: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.words)


def tokens_of(text: str, document: SegmentedText | None = None) -> Tokens:
    """Without a document, sentences end at stops. Linear; never raises."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in TOKEN.finditer(text):
        words.append(fold(match.group()))
        starts.append(match.start())
        ends.append(match.end())
    numbers = _by_document(document, starts) if document else _by_stops(words)
    return Tokens(text, words, starts, ends, numbers)


def fold(token: str) -> str:
    return SPACE if token.isspace() else token.lower().replace("’", "'")


def fold_all(text: str) -> list[str]:
    return [fold(token) for token in TOKEN.findall(text)]


def _by_document(document: SegmentedText, starts: Sequence[int]) -> NDArray[np.int64]:
    """The number of the sentence that a token stands in or follows."""
    heads = np.array([sentence.start for sentence in document.sentences], dtype=np.int64)
    return np.maximum(np.searchsorted(heads, np.array(starts, dtype=np.int64), side="right") - 1, 0)


def _by_stops(words: Sequence[str]) -> NDArray[np.int64]:
    ended = np.array([word in _STOPS for word in words], dtype=np.int64)
    return np.cumsum(ended) - ended
