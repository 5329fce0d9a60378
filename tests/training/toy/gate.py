"""Judges the toy by the score in its model."""

from __future__ import annotations

import json

from training.contract.executor import EvaluationRequest, GateFigure, GateReport


def evaluate(ask: EvaluationRequest) -> GateReport:
    score = json.loads((ask.model / "config.json").read_text())["score"]
    threshold = dict(ask.thresholds)["score"]
    tested = len((ask.data / "test" / "pairs.jsonl").read_text().splitlines())
    figures = (
        GateFigure("score", score, threshold=threshold, passed=score >= threshold),
        GateFigure("tested", float(tested)),
    )
    return GateReport(figures, ("judged by the toy's gate",))
