"""Guesses the genre by a linear model of layout and words; the weights are read once per process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from humanize.genre.features import FORMAL, SAMPLE, features
from humanize.genre.genres import GENRES, UNKNOWN, Genre, GenreGuess
from humanize.text.segment import SegmentedText

WEIGHTS = Path(__file__).parent / "weights" / "genre.npz"
LEAST_WORDS = 25
_VERSE, _SPEECH = FORMAL.index("verse"), FORMAL.index("speech")
_LAID_OUT = 1.8  # of 3: three fifths of the text
_SOME_VERSE = 0.6  # of 3: a fifth


@dataclass(frozen=True, slots=True)
class Model:
    """`weights` has the shape (features, genres): first those of layout, then the words of `places`."""

    places: dict[str, int]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]


def recognise(document: SegmentedText) -> GenreGuess:
    """Guess the genre from the first 20,000 characters, in linear time; English only.

    Below 25 words it is "article" with confidence 0, unless the layout shows verse or speech. A text that is verse or
    speech by its layout is sure.
    """
    model = shipped_model()
    found = features(document, model.places)
    for place, genre in ((_VERSE, Genre.VERSE), (_SPEECH, Genre.DIALOGUE)):
        if found[place] >= _LAID_OUT:
            return GenreGuess(genre, 1.0)
    if len(document.text[:SAMPLE].split()) < LEAST_WORDS:
        return UNKNOWN
    margins = found @ model.weights + model.bias
    if found[_VERSE] < _SOME_VERSE:  # short lines alone are wrapped prose, and verse would not be edited at all
        margins[GENRES.index(Genre.VERSE)] = -np.inf
    shares = np.exp(margins - margins.max())
    best = int(margins.argmax())
    return GenreGuess(GENRES[best], round(float(shares[best] / shares.sum()), 4))


@lru_cache(maxsize=1)
def shipped_model() -> Model:
    with np.load(WEIGHTS, allow_pickle=False) as held:
        words = bytes(held["words"]).decode().split("\n")
        weights = held["weights"].astype(np.float32) * held["scale"].astype(np.float32)
        return Model({word: place for place, word in enumerate(words)}, weights, held["bias"].astype(np.float32))
