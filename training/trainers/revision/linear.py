"""The hashed linear scorer: logistic regression by L-BFGS over rows of buckets. One thread, no randomness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Buckets = NDArray[np.int32]
Floats = NDArray[np.float32]
_AT_ONCE = 200_000


@dataclass(frozen=True, slots=True)
class LinearScorer:
    weights: Floats
    bias: float

    def scores(self, rows: Buckets) -> Floats:
        parts = [self.weights[rows[at : at + _AT_ONCE]].sum(axis=1) for at in range(0, len(rows), _AT_ONCE)]
        return np.asarray(np.concatenate(parts) + np.float32(self.bias), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class LinearSettings:
    bits: int
    penalty: float
    rounds: int


def fit(
    rows: Buckets,
    labels: NDArray[np.uint8],
    settings: LinearSettings,
    on_round: Callable[[int, float], None] = lambda step, loss: None,
    start: LinearScorer | None = None,
) -> LinearScorer:
    """Fit a scorer to `rows` [tokens, buckets per token] and `labels` [tokens].

    `on_round` gets the round and the mean loss. The problem is convex, so `start` saves rounds without moving the
    optimum.
    """
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    count, width = rows.shape
    starts = np.arange(0, count * width + 1, width, dtype=np.int64)
    matrix = csr_matrix(
        (np.ones(count * width, dtype=np.float32), rows.ravel(), starts), shape=(count, 1 << settings.bits)
    )
    transposed = matrix.T.tocsr()
    targets = labels.astype(np.float32)
    state = _OptimiserState()

    def loss_and_slope(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = point[:-1].astype(np.float32)
        score = matrix @ weights + np.float32(point[-1])
        loss = float((np.maximum(score, 0) - score * targets + np.log1p(np.exp(-np.abs(score)))).sum(dtype=np.float64))
        rest = 1 / (1 + np.exp(-score)) - targets
        slope = np.empty_like(point)
        slope[:-1] = transposed @ rest + settings.penalty * weights
        slope[-1] = rest.sum(dtype=np.float64)
        state.loss = loss / count
        return loss + 0.5 * settings.penalty * float(weights @ weights), slope

    def each(_point: NDArray[np.float64]) -> None:
        state.rounds += 1
        on_round(state.rounds, state.loss)

    options = {"maxiter": settings.rounds, "maxcor": 6}
    begin = np.zeros((1 << settings.bits) + 1)
    if start is not None:
        begin[:-1], begin[-1] = start.weights, start.bias
    found = minimize(loss_and_slope, begin, jac=True, method="L-BFGS-B", options=options, callback=each)
    return LinearScorer(found.x[:-1].astype(np.float32), float(found.x[-1]))


@dataclass(slots=True)
class _OptimiserState:
    rounds: int = 0
    loss: float = 0.0
