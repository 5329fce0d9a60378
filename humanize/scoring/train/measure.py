"""Figures of a detector from labels and scores. Small, exact, and free of the model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

LENGTH_BANDS = ((30, 60), (60, 120), (120, 250), (250, 100_000))


def auroc(labels: Labels, scores: Floats) -> float:
    return float(roc_auc_score(labels, scores))


def threshold_at(human: Floats, fpr: float) -> float:
    """The lowest threshold that at most this share of the human scores reaches."""
    ordered = np.sort(human)[::-1]
    allowed = int(fpr * len(ordered))
    return float(np.nextafter(ordered[allowed], np.inf))


def tpr_at(labels: Labels, scores: Floats, fpr: float) -> float:
    """Share of AI texts over the threshold that at most ``fpr`` of the human texts reach."""
    return float((scores[labels == 1] >= threshold_at(scores[labels == 0], fpr)).mean())


def balanced(labels: Labels) -> Floats:
    """Weights that make both classes count the same: the probabilities are stated at even odds."""
    share = labels.mean()
    return np.asarray(np.where(labels == 1, 0.5 / share, 0.5 / (1 - share)))


def brier(labels: Labels, likeness: Floats) -> float:
    return float(np.average((likeness - labels) ** 2, weights=balanced(labels)))


def calibration_error(labels: Labels, likeness: Floats, bins: int = 10) -> float:
    """Expected calibration error at even odds over equal-width bins."""
    weights = balanced(labels)
    places = np.minimum((likeness * bins).astype(int), bins - 1)
    error = 0.0
    for place in range(bins):
        inside = places == place
        if weights[inside].sum() > 0:
            gap = np.average(likeness[inside] - labels[inside], weights=weights[inside])
            error += abs(float(gap)) * float(weights[inside].sum())
    return error / float(weights.sum())
