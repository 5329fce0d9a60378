"""Converts margins into probabilities and bands, fitted on texts that the model has not seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from humanize.scoring.detector import Band
from humanize.scoring.linear import Calibration, length_feature
from humanize.scoring.train.matrix import Floats
from humanize.scoring.train.measure import LENGTH_BANDS, threshold_at

RATES = (("medium", 0.05), ("high", 0.01))


def calibrate(margins: Floats, lengths: NDArray[np.int64], labels: NDArray[np.int64]) -> Calibration:
    """Fit a Platt scaling whose slope and shift depend on the logarithm of the length, at even odds of the classes."""
    length = np.array([length_feature(words) for words in lengths.tolist()])
    rows = np.column_stack([margins, margins * length, length])
    model = LogisticRegression(C=1e4, class_weight="balanced", max_iter=1000).fit(rows, labels)
    slope, slope_by_length, shift_by_length = (round(float(value), 4) for value in model.coef_[0])
    return Calibration(slope, slope_by_length, round(float(model.intercept_[0]), 4), shift_by_length)


def calibrated_scores(margins: Floats, lengths: NDArray[np.int64], calibration: Calibration) -> Floats:
    pairs = zip(margins.tolist(), lengths.tolist(), strict=True)
    return np.array([calibration.probability(margin, words) for margin, words in pairs])


def bands(likeness: Floats, lengths: NDArray[np.int64], labels: NDArray[np.int64]) -> tuple[Band, ...]:
    """Return bands whose thresholds keep the false-positive rate in every range of lengths from 60 words."""
    human = [likeness[(labels == 0) & (lengths >= low) & (lengths < high)] for low, high in LENGTH_BANDS[1:]]
    found = [Band("low", 0.0)]
    for name, rate in RATES:
        threshold = float(np.ceil(max(threshold_at(scores, rate) for scores in human) * 1000) / 1000)
        found.append(Band(name, threshold))
    return tuple(found)
