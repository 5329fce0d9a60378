"""Fits the linear model reproducibly: seeded, in one thread, independent of the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from humanize.scoring.features import Hashes
from humanize.scoring.train.matrix import CountMatrix, Floats, inverse_frequency, supported_columns, tfidf_rows

PENALTY = 15.0
SHAPE_SCALE = 0.5
WORD_SUPPORT = (3, 3)
SHAPE_SUPPORT = (5, 4)
TOLERANCE = 1e-3
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Corpus:
    """A set of texts as training reads it, one row per text."""

    words: CountMatrix
    shapes: CountMatrix
    labels: NDArray[np.int64]
    lengths: NDArray[np.int64]
    domains: NDArray[np.str_]
    sources: NDArray[np.str_]
    models: NDArray[np.str_]
    groups: NDArray[np.str_]
    weights: Floats

    def take(self, keep: Flags) -> Corpus:
        return Corpus(
            self.words.rows(keep),
            self.shapes.rows(keep),
            self.labels[keep],
            self.lengths[keep],
            self.domains[keep],
            self.sources[keep],
            self.models[keep],
            self.groups[keep],
            self.weights[keep],
        )


@dataclass(frozen=True, slots=True)
class Weights:
    """One stream of the fitted model, in the form that is stored."""

    keys: Hashes
    idf: NDArray[np.float16]
    coef: NDArray[np.float16]

    def margins(self, counts: CountMatrix) -> Floats:
        rows = tfidf_rows(counts.onto(self.keys).values, self.idf)
        return np.asarray(rows @ self.coef.astype(np.float64))


@dataclass(frozen=True, slots=True)
class FittedModel:
    words: Weights
    shapes: Weights
    bias: float

    def margins(self, corpus: Corpus) -> Floats:
        return self.words.margins(corpus.words) + self.shapes.margins(corpus.shapes) + self.bias


def fit(corpus: Corpus) -> FittedModel:
    """Fit the model; its weights are in half precision, as they are stored."""
    words, word_idf, word_rows = _prepare(corpus.words, corpus.domains, WORD_SUPPORT)
    shapes, shape_idf, shape_rows = _prepare(corpus.shapes, corpus.domains, SHAPE_SUPPORT)
    rows = csr_matrix(hstack([word_rows, shape_rows * SHAPE_SCALE]))
    model = LogisticRegression(
        C=PENALTY, solver="liblinear", class_weight="balanced", tol=TOLERANCE, max_iter=200, random_state=0
    )
    model.fit(rows, corpus.labels, sample_weight=corpus.weights)
    coef = model.coef_[0]
    cut = len(words)
    return FittedModel(
        Weights(words, word_idf, coef[:cut].astype(np.float16)),
        Weights(shapes, shape_idf, (coef[cut:] * SHAPE_SCALE).astype(np.float16)),
        float(np.float32(model.intercept_[0])),
    )


def _prepare(
    counted: CountMatrix, domains: NDArray[np.str_], support: tuple[int, int]
) -> tuple[Hashes, NDArray[np.float16], csr_matrix]:
    keep = np.flatnonzero(supported_columns(counted, domains, *support))
    kept = CountMatrix(counted.keys[keep], counted.values[:, keep])
    idf = inverse_frequency(kept)
    return kept.keys, idf, tfidf_rows(kept.values, idf)


def folds_of(groups: NDArray[np.str_], folds: int = 5, seed: int = 0) -> NDArray[np.int64]:
    """Return the number of the fold for each text; all texts of a group (a document, or a subject) share a fold."""
    names, where = np.unique(groups, return_inverse=True)
    return np.asarray(np.random.default_rng(seed).integers(0, folds, len(names))[where])


FoldCache = Callable[[str, Callable[[], Floats]], Floats]


def _compute(_name: str, make: Callable[[], Floats]) -> Floats:
    return make()


def out_of_fold(corpus: Corpus, cache: FoldCache = _compute, folds: NDArray[np.int64] | None = None) -> Floats:
    """Return the margin of every text by a model that did not see its document, or the other texts of its fold.

    `folds` numbers the fold of each text; by default five folds by document. `cache` is called with the name of each
    fold and a function that computes it, and may return a stored result.
    """
    fold = folds_of(corpus.groups) if folds is None else folds
    margins = np.zeros(len(corpus.labels))
    for part in range(fold.max() + 1):
        rest, mine = corpus.take(fold != part), corpus.take(fold == part)
        margins[fold == part] = cache(f"fold-{part}", lambda rest=rest, mine=mine: fit(rest).margins(mine))  # type: ignore[misc]  # defaults bind the loop's values
    return margins
