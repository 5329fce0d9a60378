"""Uses the ranker: is a rewrite better than its source, and which of several rewrites is the best."""

from __future__ import annotations

from collections.abc import Sequence

from humanize.judging.judge import Judge, Judgement, is_judged
from humanize.judging.loader import shipped_judge


def compare(before: str, after: str, *, language: str = "en", judge: Judge | None = None) -> Judgement | None:
    """Say whether `after` reads better than `before`, worse, or the same. Never raises on any text.

    None for other languages than English, and if either text has fewer than 20 words. `judge` is the shipped ranker
    unless another is given.
    """
    if not is_judged((before, after), language):
        return None
    return (judge or shipped_judge()).compare(before, after)


def choose(source: str, candidates: Sequence[str], *, language: str = "en", judge: Judge | None = None) -> int:
    """Return the index of the candidate that reads best; of equal ones the first.

    The first is also returned where nothing can be judged: another language than English, or a source of fewer than 20
    words. A candidate with fewer words than that is passed over. Raises ValueError if there are no candidates.
    """
    if not candidates:
        raise ValueError("there are no candidates to choose from")
    judged = [index for index, text in enumerate(candidates) if is_judged((source, text), language)]
    if not judged:
        return 0
    values = (judge or shipped_judge()).values([candidates[index] for index in judged])
    return judged[int(values.argmax())]
