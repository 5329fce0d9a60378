"""A half-open stretch of a text, in code points, with what it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """``text[start:end]``; ``kind`` is one of the literals its producer documents."""

    start: int
    end: int
    kind: str
