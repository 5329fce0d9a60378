"""Reads the weights once and guesses. A guess that is not sure enough is no guess."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from training.domains.features import vector
from training.domains.word_lists import listed_domain, plain_words

WEIGHTS = Path(__file__).parent / "weights.npz"
LEARNED = ("academic", "business", "essay", "fiction", "news", "personal", "reference", "religious", "review")
DOMAINS = (*LEARNED, "marketing", "technical")
LEAST_WORDS = 25
SURE = 0.5
_LEAST_DIFFERENT = 12  # known words: one said over and over says nothing


@dataclass(frozen=True, slots=True)
class DomainGuess:
    """`domain` is empty where nothing is sure enough; `confidence` is 0 to 1."""

    domain: str
    confidence: float


@dataclass(frozen=True, slots=True)
class _Model:
    places: dict[str, int]
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]


@lru_cache(maxsize=1)
def _model() -> _Model:
    with np.load(WEIGHTS, allow_pickle=False) as held:
        words = bytes(held["vocabulary"]).decode().split("\n")
        return _Model(
            {word: place for place, word in enumerate(words)},
            held["weights"].astype(np.float32),
            held["bias"].astype(np.float32),
        )


def domain_of(text: str, language: str) -> str:
    """The domain of an English text of 25 words and more; else empty."""
    return guess_domain(text).domain if language == "en" else ""


def guess_domain(text: str) -> DomainGuess:
    words = plain_words(text[:6_000])
    if len(words) < LEAST_WORDS:
        return DomainGuess("", 0.0)
    listed = listed_domain(words)
    if listed:
        return DomainGuess(listed, 1.0)
    model = _model()
    where, values = vector(text, model.places)
    if len(where) < _LEAST_DIFFERENT:
        return DomainGuess("", 0.0)
    margins = values @ model.weights[where] + model.bias
    shares = np.exp(margins - margins.max())
    shares /= shares.sum()
    best = int(shares.argmax())
    sure = float(shares[best])
    return DomainGuess(LEARNED[best] if sure >= SURE else "", round(sure, 4))
