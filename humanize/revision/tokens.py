"""The tokens of a text that the revision model reads: words, punctuation marks and white space, with their positions.

White space is a token, as in `humanize.text.align`, because an edit may begin or end there. Pure.
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
    """Parallel lists with one entry per token.

    `words` are in lower case with straight apostrophes; `starts` and `ends` are in code points; `sentence` holds the
    number of the token's sentence, from 0.
    """

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    sentence: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.words)


def tokens_of(text: str, document: SegmentedText | None = None) -> Tokens:
    """Tokenise a text in linear time. Without a document, sentences end at stops. Never raises."""
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
    """Return the number of the sentence that each token is in or follows."""
    heads = np.array([sentence.start for sentence in document.sentences], dtype=np.int64)
    return np.maximum(np.searchsorted(heads, np.array(starts, dtype=np.int64), side="right") - 1, 0)


def _by_stops(words: Sequence[str]) -> NDArray[np.int64]:
    ended = np.array([word in _STOPS for word in words], dtype=np.int64)
    return np.cumsum(ended) - ended
