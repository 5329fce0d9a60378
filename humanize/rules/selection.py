"""Chooses the proposals that become edits: by how many there are, then by level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from humanize.rules.proposal import Proposal

GENTLE_LEVELS = 3
LEAST_WORDS = 80
LEAST_PER_100_WORDS = 0.5
CERTAIN = 1.0
# The share of sentences that each level may change. One edit is always allowed.
SHARE = {1: 0.16, 2: 0.34, 3: 0.6, 4: 0.85, 5: 1.0}


def worth_changing(proposals: Sequence[Proposal], text: str, level: int) -> list[Proposal]:
    """Return all proposals; for a text that already reads well, only the certain ones.

    Certain are the writer's dictionary and stray characters. Applies to levels 1 to 3 and to texts from 80 words, since
    rates mean little in shorter texts.
    """
    words = text.count(" ") + 1
    sparse = 100 * len(proposals) / words < LEAST_PER_100_WORDS
    if level <= GENTLE_LEVELS and words >= LEAST_WORDS and sparse:
        return [found for found in proposals if found.confidence >= CERTAIN]
    return list(proposals)


def choose(proposals: Iterable[Proposal], level: int, sentences: int) -> tuple[tuple[Proposal, ...], ...]:
    """Return the chosen proposals for each level from 1 to `level`, in text order."""
    pool = sorted(proposals, key=_rank)
    kept = _Kept()
    steps: list[tuple[Proposal, ...]] = []
    for step in range(1, level + 1):
        budget = max(1, int(SHARE[step] * sentences))
        for found in pool:
            if found.level <= step:
                kept.offer(found, budget)
        steps.append(kept.in_order())
    return tuple(steps)


class _Kept:
    """The proposals chosen so far, by sentence, since only those of neighbouring sentences can overlap."""

    def __init__(self) -> None:
        self._by_sentence: dict[int, list[Proposal]] = {}

    def offer(self, found: Proposal, budget: int) -> None:
        here = self._by_sentence.get(found.sentence, [])
        if found in here or (not here and len(self._by_sentence) >= budget):
            return
        rivals = [p for p in self._near(found.sentence) if p.overlaps(found)]
        if not all(_beats(found, rival) for rival in rivals):
            return
        for rival in rivals:
            self._by_sentence[rival.sentence].remove(rival)
        self._by_sentence.setdefault(found.sentence, []).append(found)

    def in_order(self) -> tuple[Proposal, ...]:
        chosen = [p for group in self._by_sentence.values() for p in group]
        return tuple(sorted(chosen, key=lambda p: (p.start, p.end)))

    def _near(self, sentence: int) -> list[Proposal]:
        return [p for number in range(sentence - 1, sentence + 2) for p in self._by_sentence.get(number, ())]


def _beats(found: Proposal, rival: Proposal) -> bool:
    return found.covers(rival) and found.level > rival.level and found.confidence >= rival.confidence


def _rank(found: Proposal) -> tuple[float, int, int, str]:
    return (-found.confidence, found.start - found.end, found.start, found.source)
