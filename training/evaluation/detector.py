"""The evaluator for the task `detect`: how well the score separates drafts from people's texts, and how often it flags
people's texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from humanize.scoring import DetectorError, load_detector
from humanize.scoring.prose import prose_of
from humanize.scoring.tokens import tokenise, words_of
from training.contract.executor import EvaluationRequest, GateFigure, GateReport
from training.evaluation.bootstrap import Estimate, Floats, estimate, ratio
from training.evaluation.checks import EvaluationError, find_leaks, judge_figure, read_channel

LEAST_WORDS = 60
DRAWS = 200


@dataclass(frozen=True, slots=True)
class HeldOutTexts:
    """The prose of held-out texts; label 1 is a draft. The drafts of one kept text form a group, drawn together."""

    texts: tuple[str, ...]
    labels: NDArray[np.int64]
    group: NDArray[np.int64]


def evaluate_detector(request: EvaluationRequest) -> GateReport:
    """Judge a detector on the held-out channel. Raises EvaluationError."""
    pairs = read_channel(request.data / "test")
    held = _held(pairs)
    scores, flag = _scores(request.model, held.texts)
    thresholds = dict(request.thresholds)
    figures = [
        judge_figure("auroc", _auroc(held, scores, request.seed), thresholds),
        judge_figure("human_flagged", _flagged(scores[held.labels == 0] >= flag, request.seed), thresholds),
        judge_figure("drafts_flagged", _flagged(scores[held.labels == 1] >= flag, request.seed), thresholds),
        judge_figure(*find_leaks(request.data, pairs), thresholds),
    ]
    for name, folder in (("base", request.base), ("champion", request.champion)):
        if folder is not None:
            figures.append(_comparison(name, held, scores, _scores(folder, held.texts)[0], request.seed))
    return GateReport(
        tuple(figures), (f"{len(held.texts)} texts of {LEAST_WORDS} words or more, at the model's own flag threshold",)
    )


def _held(pairs: Sequence[tuple[str, str]]) -> HeldOutTexts:
    groups = {kept: number for number, kept in enumerate(dict.fromkeys(kept for _, kept in pairs))}
    every = {draft: (1, groups[kept]) for draft, kept in pairs} | {kept: (0, group) for kept, group in groups.items()}
    prose = ((prose_of(text).text, *about) for text, about in every.items())
    found = [(text, *about) for text, *about in prose if len(words_of(tokenise(text))) >= LEAST_WORDS]
    if {label for _, label, _ in found} != {0, 1}:
        raise EvaluationError(f"the held-out channel must contain drafts and kept texts of {LEAST_WORDS} words or more")
    texts, labels, group = zip(*found, strict=True)
    return HeldOutTexts(texts, np.array(labels), np.array(group))


def _flagged(flags: NDArray[np.bool_], seed: int) -> Estimate:
    return estimate(np.stack([flags, np.ones(len(flags))], axis=1).astype(np.float64), ratio, seed=seed)


def _scores(folder: Path, texts: Sequence[str]) -> tuple[Floats, float]:
    try:
        detector = load_detector(folder)
    except DetectorError as error:
        raise EvaluationError(f"the detector's folder is incomplete or invalid: {error}") from error
    return np.array([detector.likeness(text, tokenise(text)) for text in texts]), detector.flag_threshold


def _auroc(held: HeldOutTexts, scores: Floats, seed: int) -> Estimate:
    drawn = [_area(held.labels[rows], scores[rows]) for rows in _draws(held.group, seed)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Estimate(_area(held.labels, scores), float(low), float(high))


def _draws(group: NDArray[np.int64], seed: int) -> list[NDArray[np.int64]]:
    chance = np.random.default_rng(seed)
    names = np.unique(group)
    members = [np.flatnonzero(group == name) for name in names]
    return [np.concatenate([members[one] for one in chance.integers(0, len(names), len(names))]) for _ in range(DRAWS)]


def _area(labels: NDArray[np.int64], scores: Floats) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(labels, scores)) if np.ptp(labels) else 0.5


def _comparison(name: str, held: HeldOutTexts, mine: Floats, theirs: Floats, seed: int) -> GateFigure:
    def gap(rows: NDArray[np.int64]) -> float:
        return _area(held.labels[rows], mine[rows]) - _area(held.labels[rows], theirs[rows])

    low, high = (
        float(value) for value in np.quantile([gap(rows) for rows in _draws(held.group, seed)], [0.025, 0.975])
    )
    whole = gap(np.arange(len(held.labels)))
    return GateFigure(f"auroc_over_{name}", whole, low, high, 0.0, "≥", high >= 0.0, name)
