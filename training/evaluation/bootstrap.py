"""Bootstrap intervals over texts: how much a figure would vary with another sample of texts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 500
Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def estimate(rows: Floats, statistic: Statistic, *, seed: int, draws: int = DRAWS) -> Estimate:
    """Return a figure over all texts with its 95 % interval.

    `rows` has the shape [texts, columns] and contains sums for each text. `statistic` maps column totals of the shape
    [..., columns] to figures of the shape [...]. Without rows all values are 0.
    """
    if not len(rows):
        return Estimate(0.0, 0.0, 0.0)
    chance = np.random.default_rng(seed)
    weights = chance.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=draws).astype(np.float64)
    low, high = np.quantile(statistic(weights @ rows), [0.025, 0.975])
    return Estimate(float(statistic(rows.sum(axis=0))), float(low), float(high))


def ratio(totals: Floats) -> Floats:
    """Return the first column divided by the second; 0 where the second is 0."""
    return np.asarray(totals[..., 0] / np.maximum(totals[..., 1], 1e-12))


def f_half(totals: Floats) -> Floats:
    """Return F0.5 of the columns (right, proposed, wanted): precision weighs twice as much as recall."""
    right, proposed, wanted = (totals[..., column] for column in range(3))
    precision, recall = right / np.maximum(proposed, 1e-12), right / np.maximum(wanted, 1e-12)
    return np.asarray(1.25 * precision * recall / np.maximum(0.25 * precision + recall, 1e-12))
