"""Half-open ranges of a text, in code points, each with its kind."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The range `text[start:end]`. The function that makes the span documents its kinds."""

    start: int
    end: int
    kind: str


class Guard:
    """Tells in logarithmic time whether a range of a text may change."""

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
        """Return whether the range touches none of the guarded spans."""
        index = bisect_right(self._starts, max(start, end - 1)) - 1
        return index < 0 or self._ends[index] <= start
