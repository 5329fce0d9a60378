"""What every judge of the gate shares: reading a channel, the leak check, and a figure against its threshold."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from training.contract.executor import Bound, GateFigure
from training.evaluation.bootstrap import Estimate

_WORD = re.compile(r"\w+")
_UPPER = frozenset({"human_edits_per_100w", "new_faults_per_100_texts", "leaked", "length_out", "human_flagged"})


class EvaluationError(ValueError):
    """The model's folder or the channel cannot be judged; the text names what is missing."""


def read_channel(folder: Path) -> list[tuple[str, str]]:
    """(draft, kept) of every line. Raises EvaluationError."""
    path = folder / "pairs.jsonl"
    if not path.exists():
        raise EvaluationError(f"there is no {path.parent.name}/pairs.jsonl to judge on")
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
    if not rows:
        raise EvaluationError(f"{path.parent.name}/pairs.jsonl is empty")
    return [(str(row["original"]), str(row["humanized"])) for row in rows]


def find_leaks(data: Path, pairs: Sequence[tuple[str, str]]) -> tuple[str, Estimate]:
    """Share of held-out pairs whose draft or kept text stands in the training channel, whatever its case and marks."""
    path = data / "train"
    seen = {_bare(text) for pair in read_channel(path) for text in pair} if (path / "pairs.jsonl").exists() else set()
    share = sum(any(_bare(text) in seen for text in pair) for pair in pairs) / len(pairs)
    return "leaked", Estimate(share, share, share)


def _bare(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


def judge_figure(name: str, measured: Estimate, thresholds: Mapping[str, float]) -> GateFigure:
    """A figure without a threshold is reported and not judged."""
    threshold = thresholds.get(name)
    bound: Bound = "≤" if name in _UPPER else "≥"
    passed = None
    if threshold is not None:
        passed = measured.value <= threshold if bound == "≤" else measured.value >= threshold
    return GateFigure(name, measured.value, measured.low, measured.high, threshold, bound, passed)
