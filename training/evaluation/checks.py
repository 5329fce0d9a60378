"""What all evaluators share: reading a channel, the leak check, and judging a figure by its threshold."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from training.contract.executor import Bound, GateFigure
from training.evaluation.bootstrap import Estimate

_WORD = re.compile(r"\w+")
_UPPER = frozenset(
    {
        "called_worse",
        "reads_worse",
        "human_edits_per_100w",
        "new_faults_per_100_texts",
        "leaked",
        "length_out",
        "human_flagged",
    }
)


class EvaluationError(ValueError):
    """The model folder or the channel cannot be judged; the message names what is missing."""


def read_channel(folder: Path) -> list[tuple[str, str]]:
    """Return (draft, kept text) of every line. Raises EvaluationError."""
    path = folder / "pairs.jsonl"
    if not path.exists():
        raise EvaluationError(f"{path.parent.name}/pairs.jsonl, which is needed for judging, does not exist")
    rows = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
    if not rows:
        raise EvaluationError(f"{path.parent.name}/pairs.jsonl is empty")
    return [(str(row["original"]), str(row["humanized"])) for row in rows]


def find_leaks(data: Path, pairs: Sequence[tuple[str, str]]) -> tuple[str, Estimate]:
    """Return the share of held-out pairs of which a text occurs in the training channel.

    Case and punctuation are ignored.
    """
    path = data / "train"
    known = {_bare(text) for pair in read_channel(path) for text in pair} if (path / "pairs.jsonl").exists() else set()
    share = sum(any(_bare(text) in known for text in pair) for pair in pairs) / len(pairs)
    return "leaked", Estimate(share, share, share)


def _bare(text: str) -> str:
    return " ".join(_WORD.findall(text.lower()))


def judge_figure(name: str, measured: Estimate, thresholds: Mapping[str, float]) -> GateFigure:
    """Compare a figure with its threshold. A figure without one is reported and not judged."""
    threshold = thresholds.get(name)
    bound: Bound = "≤" if name in _UPPER else "≥"
    passed = None
    if threshold is not None:
        passed = measured.value <= threshold if bound == "≤" else measured.value >= threshold
    return GateFigure(name, measured.value, measured.low, measured.high, threshold, bound, passed)
