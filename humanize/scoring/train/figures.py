"""Figures for the model card: overall, by length, and for subjects, sources and models not seen in training."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from humanize.scoring.detector import Band
from humanize.scoring.linear import MIN_WORDS, Calibration
from humanize.scoring.train.calibrate import calibrated_scores
from humanize.scoring.train.fit import Corpus, Flags, fit, folds_of
from humanize.scoring.train.matrix import Floats
from humanize.scoring.train.measure import LENGTH_BANDS, auroc, brier, calibration_error, tpr_at

_FEW = 20


@dataclass(frozen=True, slots=True)
class LengthFigures:
    """Figures of the texts from `low` to under `high` words; false-positive rates are at the bands' thresholds."""

    low: int
    high: int
    human: int
    ai: int
    auroc: float
    tpr_at_1: float
    tpr_at_5: float
    fpr_medium: float
    fpr_high: float


@dataclass(frozen=True, slots=True)
class DetectorQuality:
    """Figures of all texts of at least 60 words, except `auroc_all`, which includes texts from 30 words."""

    auroc_all: float
    auroc: float
    brier: float
    calibration_error: float
    fpr_flag: float
    tpr_flag: float


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Figures for a subject, source or model that training left out. Rates are for texts from 60 words at the flag."""

    name: str
    human: int
    ai: int
    auroc: float
    fpr_flag: float
    tpr_flag: float


@dataclass(frozen=True, slots=True)
class Scale:
    """A calibration with its bands, to judge margins by."""

    calibration: Calibration
    bands: tuple[Band, ...]

    @property
    def flag(self) -> float:
        return self.bands[1].threshold


def quality(corpus: Corpus, margins: Floats, scale: Scale) -> DetectorQuality:
    likeness = calibrated_scores(margins, corpus.lengths, scale.calibration)
    long = corpus.lengths >= MIN_WORDS
    labels, scores = corpus.labels[long], likeness[long]
    return DetectorQuality(
        auroc(corpus.labels, margins),
        auroc(labels, scores),
        brier(labels, scores),
        calibration_error(labels, scores),
        _reach(scores[labels == 0], scale.flag),
        _reach(scores[labels == 1], scale.flag),
    )


def by_length(corpus: Corpus, margins: Floats, scale: Scale) -> list[LengthFigures]:
    likeness = calibrated_scores(margins, corpus.lengths, scale.calibration)
    return [_of_length(corpus, likeness, low, high, scale) for low, high in LENGTH_BANDS]


def _of_length(corpus: Corpus, likeness: Floats, low: int, high: int, scale: Scale) -> LengthFigures:
    inside = (corpus.lengths >= low) & (corpus.lengths < high)
    labels, scores = corpus.labels[inside], likeness[inside]
    human = scores[labels == 0]
    return LengthFigures(
        low,
        high,
        len(human),
        len(scores) - len(human),
        auroc(labels, scores),
        tpr_at(labels, scores, 0.01),
        tpr_at(labels, scores, 0.05),
        _reach(human, scale.bands[1].threshold),
        _reach(human, scale.bands[2].threshold),
    )


def left_out_domains(corpus: Corpus, scale: Scale) -> list[LeftOut]:
    """Measure each domain with at least 20 human texts by a model trained on all other domains."""
    names = [name for name in np.unique(corpus.domains) if _humans(corpus, corpus.domains == name) >= _FEW]
    return [_left_out(corpus, str(name), corpus.domains != name, corpus.domains == name, scale) for name in names]


def left_out_sources(corpus: Corpus, scale: Scale) -> list[LeftOut]:
    names = [name for name in np.unique(corpus.sources) if _humans(corpus, corpus.sources == name)]
    return [_left_out(corpus, str(name), corpus.sources != name, corpus.sources == name, scale) for name in names]


def left_out_models(corpus: Corpus, scale: Scale) -> list[LeftOut]:
    """Measure each language model against human texts of the same sources, in documents unseen in training."""
    fold = folds_of(corpus.groups) == 0
    return [_left_out(corpus, name, train, test, scale) for name, train, test in _model_splits(corpus, fold)]


def _model_splits(corpus: Corpus, fold: Flags) -> Iterator[tuple[str, Flags, Flags]]:
    for name in np.unique(corpus.models[corpus.labels == 1]):
        own = corpus.models == name
        related = np.isin(corpus.sources, np.unique(corpus.sources[own]))
        if not _humans(corpus, related):
            continue
        yield str(name), ~own & ~fold, fold & (own | ((corpus.labels == 0) & related))


def _left_out(corpus: Corpus, name: str, train: Flags, test: Flags, scale: Scale) -> LeftOut:
    rest = corpus.take(test)
    margins = fit(corpus.take(train)).margins(rest)
    likeness = calibrated_scores(margins, rest.lengths, scale.calibration)
    human, ai = (likeness[(rest.labels == label) & (rest.lengths >= MIN_WORDS)] for label in (0, 1))
    counts = (int((rest.labels == 0).sum()), int((rest.labels == 1).sum()))
    return LeftOut(name, *counts, auroc(rest.labels, margins), _reach(human, scale.flag), _reach(ai, scale.flag))


def _humans(corpus: Corpus, keep: Flags) -> int:
    return int((corpus.labels[keep] == 0).sum())


def _reach(scores: Floats, threshold: float) -> float:
    return float((scores >= threshold).mean()) if len(scores) else 0.0
