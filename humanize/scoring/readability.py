"""Flesch reading ease for English: higher reads easier; 60 to 70 is plain English, below 30 is academic prose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from humanize.scoring.syllables import syllables

LOWEST, HIGHEST = -50.0, 121.22


def flesch(words: Sequence[str], sentences: int) -> float:
    """Held between -50 and 121.22 (one syllable, one word a sentence); 0 for a text without words."""
    if not words:
        return 0.0
    spoken = sum(syllables(word) * times for word, times in Counter(words).items())
    ease = 206.835 - 1.015 * len(words) / max(sentences, 1) - 84.6 * spoken / len(words)
    return min(max(ease, LOWEST), HIGHEST)
