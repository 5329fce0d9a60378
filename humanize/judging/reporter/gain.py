"""The gain of rewrites: how much better they read than their sources, measured by the reporter alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from humanize.judging.judge import Judge, is_judged
from humanize.judging.loader import load_judge
from humanize.judging.reporter.syntax import SYNTAX

SHIPPED = Path(__file__).parent / "weights"


@lru_cache(maxsize=1)
def shipped_reporter() -> Judge:
    """Return the shipped reporter; it is read and checked once per process. Raises JudgeError if it is damaged."""
    return load_judge(SHIPPED, design=SYNTAX)


@dataclass(frozen=True, slots=True)
class Gain:
    """The gain of a set of rewrites over their sources.

    `mean` is the mean rise of the reporter's logit, `worse` the share (0 to 1) of texts that read worse than their
    source, however little, and `texts` how many were judged: English, 20 words or more on both sides.
    """

    mean: float
    worse: float
    texts: int

    def share_of(self, human: Gain) -> float:
        """Return this gain as a share of another, for example of what people gained on the same sources."""
        return self.mean / human.mean if human.mean else 0.0


def gain(sources: Sequence[str], results: Sequence[str]) -> Gain:
    """Return the gain of the results over the sources, one each. Raises ValueError if their numbers differ."""
    found = rises(sources, results)
    return Gain(float(found.mean()), float((found < 0).mean()), len(found)) if len(found) else Gain(0.0, 0.0, 0)


def rises(sources: Sequence[str], results: Sequence[str]) -> NDArray[np.float64]:
    """Return the rise of the reporter's logit for each pair that can be judged: English, 20 words or more.

    Raises ValueError if there is not one result for each source.
    """
    pairs = [pair for pair in zip(sources, results, strict=True) if is_judged(pair, "en")]
    values = shipped_reporter().values([text for pair in pairs for text in pair])
    return values[1::2] - values[::2]
