"""Measures of a detector, computed from labels and scores alone."""

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
    """Return the lowest threshold that this share of the human scores, or less, reaches."""
    ordered = np.sort(human)[::-1]
    allowed = int(fpr * len(ordered))
    return float(np.nextafter(ordered[allowed], np.inf))


def tpr_at(labels: Labels, scores: Floats, fpr: float) -> float:
    """Return the share of AI texts that reach the threshold for the false-positive rate `fpr`."""
    return float((scores[labels == 1] >= threshold_at(scores[labels == 0], fpr)).mean())


def balanced_weights(labels: Labels) -> Floats:
    """Return weights that make both classes count the same, since probabilities are stated at even odds."""
    share = labels.mean()
    return np.asarray(np.where(labels == 1, 0.5 / share, 0.5 / (1 - share)))


def brier(labels: Labels, likeness: Floats) -> float:
    return float(np.average((likeness - labels) ** 2, weights=balanced_weights(labels)))


def calibration_error(labels: Labels, likeness: Floats, bins: int = 10) -> float:
    """Return the expected calibration error at even odds over bins of equal width."""
    weights = balanced_weights(labels)
    places = np.minimum((likeness * bins).astype(int), bins - 1)
    error = 0.0
    for place in range(bins):
        inside = places == place
        if weights[inside].sum() > 0:
            gap = np.average(likeness[inside] - labels[inside], weights=weights[inside])
            error += abs(float(gap)) * float(weights[inside].sum())
    return error / float(weights.sum())
