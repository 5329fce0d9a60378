"""Chooses among overlapping proposals, level by level, so that a higher level covers what a lower one changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from humanize.rules.proposal import Proposal

# Share of sentences that may be touched; level 1 stays under a fifth, one edit is always allowed.
SHARE = {1: 0.16, 2: 0.34, 3: 0.6, 4: 0.85, 5: 1.0}


def choose(proposals: Iterable[Proposal], level: int, sentences: int) -> tuple[tuple[Proposal, ...], ...]:
    """The choices of every level from 1 to ``level``, each in text order."""
    pool = sorted(proposals, key=_rank)
    chosen: list[Proposal] = []
    steps: list[tuple[Proposal, ...]] = []
    for step in range(1, level + 1):
        chosen = _grow(chosen, [p for p in pool if p.level <= step], max(1, int(SHARE[step] * sentences)))
        steps.append(tuple(sorted(chosen, key=lambda p: p.start)))
    return tuple(steps)


def _rank(found: Proposal) -> tuple[float, int, int, str]:
    return (-found.confidence, found.start - found.end, found.start, found.source)


def _beats(found: Proposal, rival: Proposal) -> bool:
    return found.covers(rival) and found.level > rival.level and found.confidence >= rival.confidence


def _grow(chosen: Sequence[Proposal], pool: Sequence[Proposal], budget: int) -> list[Proposal]:
    kept = list(chosen)
    touched = {p.sentence for p in kept}
    for found in pool:
        rivals = [p for p in kept if p.overlaps(found) or p == found]
        if found in rivals or not all(_beats(found, p) for p in rivals):
            continue
        if found.sentence not in touched and len(touched) >= budget:
            continue
        kept = [p for p in kept if p not in rivals]
        kept.append(found)
        touched.add(found.sentence)
    return kept
