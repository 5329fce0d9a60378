"""Fits the linear model and its calibration. Seeded, one thread, nothing drawn from the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from humanize.scoring.model import Calibration, Stream, length_feature
from humanize.scoring.train.matrix import Hashed, matrix, vocabulary

PENALTY = 15.0
SHAPE_SCALE = 0.5
WORD_SUPPORT = (3, 3)
SHAPE_SUPPORT = (5, 4)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything about a set of texts that training looks at, row by row."""

    words: Hashed
    shapes: Hashed
    labels: NDArray[np.int64]
    lengths: NDArray[np.int64]
    domains: NDArray[np.str_]
    sources: NDArray[np.str_]
    groups: NDArray[np.str_]

    def take(self, keep: NDArray[np.bool_]) -> Corpus:
        rows = np.flatnonzero(keep).tolist()
        return Corpus(
            self.words.take(rows),
            self.shapes.take(rows),
            self.labels[keep],
            self.lengths[keep],
            self.domains[keep],
            self.sources[keep],
            self.groups[keep],
        )


@dataclass(frozen=True, slots=True)
class Fitted:
    words: Stream
    shapes: Stream
    bias: float

    def margins(self, corpus: Corpus) -> Floats:
        words = matrix(corpus.words, self.words) @ self.words.coef.astype(np.float64)
        shapes = matrix(corpus.shapes, self.shapes) @ self.shapes.coef.astype(np.float64)
        return np.asarray(words + shapes + self.bias)


def fit(corpus: Corpus) -> Fitted:
    """Weights rounded to half precision, as they will be stored."""
    words = vocabulary(corpus.words, corpus.domains.tolist(), *WORD_SUPPORT)
    shapes = vocabulary(corpus.shapes, corpus.domains.tolist(), *SHAPE_SUPPORT)
    rows = csr_matrix(hstack([matrix(corpus.words, words), matrix(corpus.shapes, shapes) * SHAPE_SCALE]))
    model = LogisticRegression(C=PENALTY, solver="liblinear", class_weight="balanced", random_state=0)
    model.fit(rows, corpus.labels)
    coef = model.coef_[0]
    coef[len(words.keys) :] *= SHAPE_SCALE
    coef = coef.astype(np.float16).astype(np.float32)
    cut = len(words.keys)
    return Fitted(
        replace(words, coef=coef[:cut]), replace(shapes, coef=coef[cut:]), float(np.float32(model.intercept_[0]))
    )


def out_of_fold(corpus: Corpus, folds: int = 5, seed: int = 0) -> Floats:
    """Margins of every text by a model that saw nothing of its document."""
    groups, where = np.unique(corpus.groups, return_inverse=True)
    fold = np.random.default_rng(seed).integers(0, folds, len(groups))[where]
    margins = np.zeros(len(corpus.labels))
    for part in range(folds):
        margins[fold == part] = fit(corpus.take(fold != part)).margins(corpus.take(fold == part))
    return margins


def calibrate(margins: Floats, lengths: Sequence[int], labels: NDArray[np.int64]) -> Calibration:
    """Platt scaling whose slope and shift move with the logarithm of the length; classes weighted to even odds."""
    rows = _calibration_rows(margins, lengths)
    model = LogisticRegression(C=1e4, class_weight="balanced", max_iter=1000).fit(rows, labels)
    slope, slope_by_length, shift_by_length = (float(np.float32(value)) for value in model.coef_[0])
    return Calibration(slope, slope_by_length, float(np.float32(model.intercept_[0])), shift_by_length)


def _calibration_rows(margins: Floats, lengths: Sequence[int]) -> Floats:
    length = np.array([length_feature(words) for words in lengths])
    return np.column_stack([margins, margins * length, length])
