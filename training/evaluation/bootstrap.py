"""Bootstrap intervals over texts: how much a figure would move had other texts been drawn."""

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
    """`rows` holds sums a text, one column each; `statistic` turns column totals, [..., columns], into figures."""
    if not len(rows):
        return Estimate(0.0, 0.0, 0.0)
    chance = np.random.default_rng(seed)
    weights = chance.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=draws).astype(np.float64)
    low, high = np.quantile(statistic(weights @ rows), [0.025, 0.975])
    return Estimate(float(statistic(rows.sum(axis=0))), float(low), float(high))


def ratio(totals: Floats) -> Floats:
    """First column over the second; 0 where that is 0."""
    return np.asarray(totals[..., 0] / np.maximum(totals[..., 1], 1e-12))


def f_half(totals: Floats) -> Floats:
    """F0.5 of (right, proposed, wanted): precision weighs twice as much as recall."""
    right, proposed, wanted = (totals[..., column] for column in range(3))
    precision, recall = right / np.maximum(proposed, 1e-12), right / np.maximum(wanted, 1e-12)
    return np.asarray(1.25 * precision * recall / np.maximum(0.25 * precision + recall, 1e-12))
