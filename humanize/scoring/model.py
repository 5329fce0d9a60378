"""The linear model behind the AI-likeness: arrays and arithmetic, no files and no text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from humanize.scoring.features import Hashes

_LENGTH_PIVOT = 120.0
_LENGTH_RANGE = (30.0, 600.0)


@dataclass(frozen=True, slots=True)
class Stream:
    """A vocabulary of n-gram hashes, sorted, with the inverse document frequency and the weight of each."""

    keys: Hashes
    idf: NDArray[np.float32]
    coef: NDArray[np.float32]

    def locate(self, grams: Hashes) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """Places and TF-IDF values (unit length) of the n-grams that the vocabulary knows."""
        unique, counts = np.unique(grams, return_counts=True)
        places = np.minimum(np.searchsorted(self.keys, unique), len(self.keys) - 1)
        known = self.keys[places] == unique
        places = places[known]
        values = (1.0 + np.log(counts[known].astype(np.float32))) * self.idf[places]
        length = math.sqrt(float(values @ values))
        return places, values / np.float32(length or 1.0)

    def margin(self, grams: Hashes) -> float:
        places, values = self.locate(grams)
        return float(values @ self.coef[places])

    def margins(self, placed: Sequence[Hashes], ranges: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
        """The margin of each half-open range of tokens, counting the n-grams that begin in it."""
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
    """Margin to probability at even odds, by length: a short text needs a larger margin for the same certainty."""

    slope: float
    slope_by_length: float
    shift: float
    shift_by_length: float

    def probability(self, margin: float, words: int) -> float:
        length = length_feature(words)
        slope = max(self.slope + self.slope_by_length * length, 0.0)
        logit = slope * margin + self.shift + self.shift_by_length * length
        return 1.0 / (1.0 + math.exp(-min(max(logit, -30.0), 30.0)))


def length_feature(words: int) -> float:
    """Logarithm of the length against 120 words, held inside the lengths that were measured."""
    low, high = _LENGTH_RANGE
    return math.log(min(max(float(words), low), high) / _LENGTH_PIVOT)
