"""The evaluator for the task `judge`: how often a judge prefers what people made of held-out drafts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from humanize.judging import JudgeError, load_judge
from humanize.judging.judge import is_judged
from training.contract.executor import EvaluationRequest, GateFigure, GateReport
from training.evaluation.bootstrap import Estimate, Floats, estimate, ratio
from training.evaluation.checks import EvaluationError, find_leaks, judge_figure, read_channel

_LANGUAGE = "en"


def evaluate(request: EvaluationRequest) -> GateReport:
    """Judge a judge on the held-out channel. Raises EvaluationError."""
    pairs = read_channel(request.data / "test")
    held = [pair for pair in dict.fromkeys(pairs) if pair[0] != pair[1] and is_judged(pair, _LANGUAGE)]
    if not held:
        raise EvaluationError(
            "the held-out channel must contain pairs whose two texts differ and have 20 words or more"
        )
    margins, band = _margins(request.model, held)
    thresholds = dict(request.thresholds)
    figures = [
        judge_figure("right", _share(held, margins > 0, request.seed), thresholds),
        judge_figure("called_better", _share(held, margins > band, request.seed), thresholds),
        judge_figure("called_worse", _share(held, margins < -band, request.seed), thresholds),
        judge_figure(*find_leaks(request.data, pairs), thresholds),
    ]
    for name, folder in (("base", request.base), ("champion", request.champion)):
        if folder is not None:
            figures.append(_comparison(name, held, margins, _margins(folder, held)[0], request.seed))
    return GateReport(tuple(figures), (f"{len(held)} held-out pairs, verdicts at the model's own band",))


def _margins(folder: Path, pairs: Sequence[tuple[str, str]]) -> tuple[Floats, float]:
    try:
        judge = load_judge(folder)
    except JudgeError as error:
        raise EvaluationError(f"the judge's folder is incomplete or invalid: {error}") from error
    return np.array([judge.compare(draft, kept).margin for draft, kept in pairs]), judge.band


def _share(pairs: Sequence[tuple[str, str]], holds: NDArray[np.bool_], seed: int) -> Estimate:
    return estimate(_by_kept_text(pairs, holds.astype(np.float64)), ratio, seed=seed)


def _by_kept_text(pairs: Sequence[tuple[str, str]], values: Floats) -> Floats:
    """Return the sum of the values and the number of pairs for each kept text, whose drafts are drawn together."""
    _, where = np.unique([kept for _, kept in pairs], return_inverse=True)
    return np.stack([np.bincount(where, weights=values), np.bincount(where)], axis=1).astype(np.float64)


def _comparison(name: str, pairs: Sequence[tuple[str, str]], mine: Floats, theirs: Floats, seed: int) -> GateFigure:
    gap = estimate(_by_kept_text(pairs, (mine > 0).astype(np.float64) - (theirs > 0)), ratio, seed=seed)
    return GateFigure(f"right_over_{name}", gap.value, gap.low, gap.high, 0.0, "≥", gap.high >= 0.0, name)
