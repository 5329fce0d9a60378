"""Fits a judge reproducibly: seeded, independent of the time, in one thread if the caller sees to it.

Editors cut more often than they add, but cutting is not what makes a text better. So rates do not grow with a text, a
part of each training text is paired with the whole, once as the better and once as the worse one, and `level_lengths`
makes shortened and lengthened texts count the same.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression

from humanize.judging.design import Design
from humanize.scoring.tokens import count_words

Floats = NDArray[np.float64]
FOLDS = 5
PENALTIES = (0.03, 0.1, 0.3)  # liblinear's C; larger means less regularisation
SURE = 0.98
_NEUTRAL_WEIGHT = 0.3
_PART = 2 / 3
_SENTENCE_END = re.compile(r"[.!?][\"”]?(?=\s)")
_CHUNK = 500  # texts hashed at a time


@dataclass(frozen=True, slots=True)
class Example:
    """A draft and what an editor made of it. Examples with the same `group` come from one document."""

    draft: str
    edited: str
    group: str
    weight: float = 1.0


def level_lengths(examples: Sequence[Example]) -> list[Example]:
    """Return the examples with weights by which those that an editor shortened count as much as the others together."""
    shorter = np.array([count_words(one.edited) < count_words(one.draft) for one in examples])
    weights = np.array([one.weight for one in examples])
    total = {side: float(weights[shorter == side].sum()) for side in (True, False)}
    if not min(total.values()):
        return list(examples)
    return [
        replace(one, weight=one.weight * sum(total.values()) / 2 / total[side])
        for one, side in zip(examples, shorter.tolist(), strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Material:
    """The examples as differences of their n-grams, one row each; `neutral` are parts of texts against the whole."""

    pairs: csr_matrix
    weights: Floats
    fold: NDArray[np.int64]
    neutral: csr_matrix
    neutral_fold: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MarginScale:
    """Turns differences of values into logits. Outside the band 98 % of the verdicts on unseen documents are right."""

    slope: float
    band: float


def prepare(design: Design, examples: Sequence[Example]) -> Material:
    """Hash all texts. All rows of a document are in one of five folds."""
    parts = [
        (part, text, one.group) for one in examples for text in (one.draft, one.edited) for part in first_part(text)
    ]
    return Material(
        _differences(design, [(one.draft, one.edited) for one in examples]),
        np.array([one.weight for one in examples]),
        folds([one.group for one in examples]),
        _differences(design, [(part, text) for part, text, _ in parts]),
        folds([group for _, _, group in parts]),
    )


def folds(groups: Sequence[str]) -> NDArray[np.int64]:
    """Return the fold of each group by its hash."""
    return np.array([zlib.crc32(group.encode("utf-8", "surrogatepass")) % FOLDS for group in groups], dtype=np.int64)


def first_part(text: str) -> Iterator[str]:
    """Yield the first two thirds of a text up to the end of a sentence, if one ends near by."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    best = min(ends, key=lambda end: abs(end - _PART * len(text)), default=0)
    if 0.3 * len(text) < best < 0.9 * len(text):
        yield text[:best]


def _differences(design: Design, pairs: Sequence[tuple[str, str]]) -> csr_matrix:
    blocks = [csr_matrix((0, design.columns))]
    for start in range(0, len(pairs), _CHUNK):
        chunk = pairs[start : start + _CHUNK]
        rows = design.rows([text for pair in chunk for text in pair])
        sign = np.where(rows.row % 2 == 1, 1.0, -1.0)
        shape = (len(chunk), design.columns)
        blocks.append(csr_matrix((rows.value * sign, (rows.row // 2, rows.column)), shape=shape))
    return csr_matrix(vstack(blocks))


def fit(material: Material, penalty: float, without: int | None = None) -> Floats:
    """Return the weight of each column, from all folds but `without`."""
    keep, neutral = material.fold != without, material.neutral_fold != without
    pairs, parts = material.pairs[np.flatnonzero(keep)], material.neutral[np.flatnonzero(neutral)]
    # Without an intercept an example and its mirror image teach the same; every second one is turned round.
    turned = np.where(np.arange(pairs.shape[0]) % 2 == 1, -1.0, 1.0)
    rows = vstack([pairs.multiply(turned[:, None]), parts, parts])
    labels = np.concatenate([turned, np.ones(parts.shape[0]), -np.ones(parts.shape[0])])
    weights = np.concatenate([2 * material.weights[keep], np.full(2 * parts.shape[0], _NEUTRAL_WEIGHT)])
    model = LogisticRegression(
        C=penalty, fit_intercept=False, solver="liblinear", dual=True, tol=1e-3, max_iter=5_000, random_state=0
    )
    model.fit(csr_matrix(rows), labels, sample_weight=weights)
    return np.asarray(model.coef_[0])


FoldCache = Callable[[str, Callable[[], Floats]], Floats]


def _compute(_name: str, make: Callable[[], Floats]) -> Floats:
    return make()


def out_of_fold(material: Material, penalty: float, cache: FoldCache = _compute) -> Floats:
    """Return the margin of each example by a model that did not see its document.

    `cache` is called with a name for each fold and a function that computes it, and may return a stored result.
    """
    margins = np.zeros(material.pairs.shape[0])
    for part in range(FOLDS):
        mine = np.flatnonzero(material.fold == part)
        margins[mine] = cache(
            f"penalty-{penalty:g}-fold-{part}",
            lambda part=part, mine=mine: material.pairs[mine] @ fit(material, penalty, part),  # type: ignore[misc]  # defaults bind the loop's values
        )
    return margins


def select(material: Material, cache: FoldCache = _compute) -> tuple[float, Floats]:
    """Return the penalty with the smallest loss on unseen documents, and its margins."""
    tried = [(penalty, out_of_fold(material, penalty, cache)) for penalty in PENALTIES]
    return min(tried, key=lambda one: _loss(one[1], material.weights))


def _loss(margins: Floats, weights: Floats) -> float:
    slope = calibrate(margins, weights).slope
    return float(np.average(np.logaddexp(0.0, -slope * margins), weights=weights))


def calibrate(margins: Floats, weights: Floats) -> MarginScale:
    """Fit the slope by which margins become logits, and the band within which the judge is not sure enough."""
    turned = np.where(np.arange(len(margins)) % 2 == 1, -1.0, 1.0)
    model = LogisticRegression(C=1e4, fit_intercept=False).fit(
        (margins * turned)[:, None], turned, sample_weight=weights
    )
    slope = max(round(float(model.coef_[0][0]), 4), 1e-4)
    order = np.argsort(-np.abs(margins), kind="stable")
    right = np.cumsum((margins[order] > 0) * weights[order]) / np.cumsum(weights[order])
    sure = np.flatnonzero(right >= SURE)
    last = order[sure[-1] + 1] if len(sure) and sure[-1] + 1 < len(order) else None
    widest = float(np.abs(margins).max()) if not len(sure) else 0.0
    return MarginScale(slope, round(slope * (float(abs(margins[last])) if last is not None else widest), 4))


def accuracy(margins: Floats, weights: Floats) -> float:
    """Return the share of examples (0 to 1, by weight) whose edited side was preferred."""
    return float(np.average(margins > 0, weights=weights))
