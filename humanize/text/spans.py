"""A half-open stretch of a text, in code points, with what it is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """``text[start:end]``; ``kind`` is one of the literals its producer documents."""

    start: int
    end: int
    kind: str


class Guard:
    """Answers "may this stretch change?" in logarithmic time."""

    def __init__(self, spans: Sequence[Span]) -> None:
        merged: list[tuple[int, int]] = []
        for span in sorted(spans):
            if merged and span.start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], span.end))
            else:
                merged.append((span.start, span.end))
        self._starts = [start for start, _ in merged]
        self._ends = [end for _, end in merged]

    def free(self, start: int, end: int) -> bool:
        index = bisect_right(self._starts, max(start, end - 1)) - 1
        return index < 0 or self._ends[index] <= start
