"""Half-open ranges of a text, in code points, each with its kind."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


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


class SpanIndex:
    """Finds the spans that a range touches without passing all others. Numbers are places in `spans`, from 0."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._ordered = sorted(enumerate(spans), key=lambda one: (one[1].start, one[0]))
        self._starts = [span.start for _, span in self._ordered]
        self._reach = list(accumulate((span.end for _, span in self._ordered), max))

    def touching(self, start: int, end: int) -> list[tuple[int, Span]]:
        """Return the spans that have a character in `start` to `end`, each with its number, in their own order."""
        first, last = bisect_right(self._reach, start), bisect_left(self._starts, end)
        return sorted((number, span) for number, span in self._ordered[first:last] if span.end > start)
