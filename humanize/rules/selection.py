"""Chooses the proposals that become edits: by confidence, within what the level allows."""

from __future__ import annotations

from collections.abc import Iterable

from humanize.rules.proposal import Proposal

# The confidence from which a proposal is always allowed: the writer's dictionary and stray characters.
CERTAIN = 1.0
# The share of sentences that each level may change, and how many it may change in a text however short.
SHARE = {1: 0.16, 2: 0.34, 3: 0.6, 4: 0.85, 5: 1.0}
ALWAYS = {1: 1, 2: 2, 3: 4, 4: 6, 5: 6}


def choose(proposals: Iterable[Proposal], level: int, sentences: int) -> tuple[tuple[Proposal, ...], ...]:
    """Return the chosen proposals for each level from 1 to `level`, in text order."""
    pool = sorted(proposals, key=_rank)
    kept = _Kept()
    steps: list[tuple[Proposal, ...]] = []
    for step in range(1, level + 1):
        budget = max(ALWAYS[step], int(SHARE[step] * sentences))
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
        full = found.confidence < CERTAIN and not here and len(self._by_sentence) >= budget
        if found in here or full:
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
