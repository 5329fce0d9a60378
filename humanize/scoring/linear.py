"""The shipped kind of detector: a calibrated linear model over hashed n-grams of words and word shapes.

Its arrays are stored in a plain .npz file without pickles. Pure: no Django, no network.
"""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from humanize.scoring.detector import Band, DetectorError, HumanRate
from humanize.scoring.features import FeatureHasher, Hashes
from humanize.scoring.tokens import PlacedToken, words_of

ARRAYS = "detector.npz"
MIN_WORDS = 60
_LENGTH_PIVOT = 120.0
_LENGTH_RANGE = (30.0, 600.0)


@dataclass(frozen=True, slots=True)
class Stream:
    """A sorted vocabulary of n-gram hashes, with the inverse document frequency and the weight of each."""

    keys: Hashes
    idf: NDArray[np.float32]
    coef: NDArray[np.float32]

    def locate(self, grams: Hashes) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Return indices and TF-IDF values (of unit length) of the n-grams in the vocabulary."""
        unique, counts = np.unique(grams, return_counts=True)
        places = np.minimum(np.searchsorted(self.keys, unique), len(self.keys) - 1)
        known = self.keys[places] == unique
        places = places[known]
        values = (1.0 + np.log(counts[known].astype(np.float32))) * self.idf[places]
        length = math.sqrt(float(values @ values))
        return places, values / np.float32(length or 1.0)

    def margin(self, grams: Hashes) -> float:
        """Return the weighted evidence of the n-grams of a text; positive values suggest AI."""
        places, values = self.locate(grams)
        return float(values @ self.coef[places])

    def margins(self, placed: Sequence[Hashes], ranges: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
        """Return the margin of each half-open range of tokens, counting the n-grams that begin in it."""
        total = np.zeros((2, len(placed[0]) + 1))
        for grams in placed:
            places = np.minimum(np.searchsorted(self.keys, grams), len(self.keys) - 1)
            idf = np.where(self.keys[places] == grams, self.idf[places], 0.0)
            total[0, 1 : len(grams) + 1] += idf * self.coef[places]
            total[1, 1 : len(grams) + 1] += idf * idf
        sums = np.cumsum(total, axis=1)
        first, last = np.array(ranges, dtype=np.intp).reshape(-1, 2).T
        evidence, energy = sums[:, last] - sums[:, first]
        return np.asarray(evidence / np.sqrt(np.maximum(energy, 1e-6)))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Converts a margin into a probability at even odds, depending on the length: short texts are less certain."""

    slope: float
    slope_by_length: float
    shift: float
    shift_by_length: float

    def probability(self, margin: float, words: int) -> float:
        """Return the probability (0 to 1) for the margin of a text with this number of words."""
        length = length_feature(words)
        slope = max(self.slope + self.slope_by_length * length, 0.0)
        logit = slope * margin + self.shift + self.shift_by_length * length
        return 1.0 / (1.0 + math.exp(-min(max(logit, -30.0), 30.0)))


def length_feature(words: int) -> float:
    """Return the logarithm of the length relative to 120 words, limited to the lengths that were measured (30–600)."""
    low, high = _LENGTH_RANGE
    return math.log(min(max(float(words), low), high) / _LENGTH_PIVOT)


@dataclass(frozen=True, slots=True)
class LinearModel:
    """The linear model: it hashes tokens, adds up weights, and converts the margin into a probability."""

    hasher: FeatureHasher
    words: Stream
    shapes: Stream
    bias: float
    calibration: Calibration

    def margin(self, tokens: Sequence[str]) -> float:
        words, shapes = self.hasher.streams(tokens)
        return self.words.margin(words) + self.shapes.margin(shapes) + self.bias

    def probability(self, tokens: Sequence[str]) -> float:
        """Return the probability (0 to 1), at even odds, that a model wrote these tokens."""
        return self.calibration.probability(self.margin(tokens), len(words_of(tokens)))

    def probabilities(self, tokens: Sequence[str], ranges: Sequence[tuple[int, int]]) -> list[float]:
        """Return the probability for each half-open range of tokens, from the n-grams that begin in it."""
        words, shapes = self.hasher.streams_by_order(tokens)
        margins = self.words.margins(words, ranges) + self.shapes.margins(shapes, ranges) + self.bias
        lengths = (last - first for first, last in ranges)
        return [self.calibration.probability(m, n) for m, n in zip(margins.tolist(), lengths, strict=True)]


@dataclass(frozen=True, slots=True)
class LinearDetector:
    """A linear model with its version and bands. Trained on English texts; does not judge texts under 60 words."""

    model: LinearModel
    version: str
    bands: tuple[Band, ...]
    flag_threshold: float
    human_rates: tuple[HumanRate, ...] = ()
    languages: frozenset[str] = frozenset({"en"})
    min_words: int = MIN_WORDS

    def likeness(self, text: str, tokens: Sequence[str]) -> float:
        return self.model.probability(tokens)

    def sentence_likeness(
        self, text: str, tokens: Sequence[PlacedToken], sentences: Sequence[tuple[int, int]]
    ) -> list[float]:
        return self.model.probabilities([token for token, _, _ in tokens], sentences)


def unpack(raw: bytes, sha256: str) -> LinearModel:
    """Read the arrays from the bytes of their file. Raises DetectorError if the bytes have another SHA-256 hash."""
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise DetectorError(
            "The detector's weights do not match their manifest; reinstall the package or train the detector again."
        )
    try:
        return _read_arrays(raw)
    except (ValueError, KeyError, IndexError, TypeError, BadZipFile) as error:
        raise DetectorError(f"{ARRAYS} does not contain the arrays of a detector: {error!r}") from error


def _read_arrays(raw: bytes) -> LinearModel:
    with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
        anchors = frozenset(arrays["anchors"].tobytes().decode().split("\n"))
        scalars = [float(value) for value in arrays["scalars"]]
        streams = [
            Stream(
                arrays[f"{name}_keys"],
                arrays[f"{name}_idf"].astype(np.float32),
                arrays[f"{name}_coef"].astype(np.float32),
            )
            for name in ("words", "shapes")
        ]
    return LinearModel(FeatureHasher(anchors), streams[0], streams[1], scalars[0], Calibration(*scalars[1:5]))
