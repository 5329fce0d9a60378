"""How much sentence lengths vary: the only score that works for any language with sentence marks."""

from __future__ import annotations

import math
from collections.abc import Sequence

_STOPS = frozenset(".!?")


def sentence_lengths(tokens: Sequence[str]) -> list[int]:
    """Return the number of words between full stops, question and exclamation marks, skipping empty sentences."""
    lengths: list[int] = []
    words = 0
    for token in tokens:
        if token[0].isalnum():
            words += 1
        elif words and token in _STOPS:
            lengths.append(words)
            words = 0
    if words:
        lengths.append(words)
    return lengths


def burstiness(lengths: Sequence[int]) -> float:
    """Return the coefficient of variation (population) of the lengths; 0 for fewer than two sentences."""
    if len(lengths) < 2:
        return 0.0
    mean = sum(lengths) / len(lengths)
    variance = sum((length - mean) ** 2 for length in lengths) / len(lengths)
    return math.sqrt(variance) / mean
