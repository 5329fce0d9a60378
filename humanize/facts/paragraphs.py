"""Which paragraphs of a rewrite stand for which of the source: one for one, merged or split, dropped or added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from humanize.facts.stems import read_words, stems_of
from humanize.text.segment import Block, SegmentedText

_MOST_JOINED = 8  # paragraphs that become one, as a list does that becomes prose
_MOVES = (
    (1, 1), (1, 0), (0, 1),
    *((1, number) for number in range(2, _MOST_JOINED + 1)), *((number, 1) for number in range(2, _MOST_JOINED + 1)),
)  # fmt: skip
_REACH = 24  # paragraphs that a place may be off, beyond the difference in number
_ALONE = -0.05  # a paragraph without a counterpart
_JOINED = 0.06  # each paragraph more in a group, so that two pairs are better than one of two


@dataclass(frozen=True, slots=True)
class Group:
    """Half-open ranges in code points of what belongs together; one of the two may be empty."""

    source: tuple[int, int]
    rewrite: tuple[int, int]


def groups(source: SegmentedText, rewrite: SegmentedText) -> list[Group]:
    """Return the groups in the order of the texts. Equal paragraphs at both ends are paired first."""
    old = [block for block in source.blocks if block.kind != "blank"]
    new = [block for block in rewrite.blocks if block.kind != "blank"]
    if len(old) == len(new) == 1:
        return [Group((old[0].start, old[0].end), (new[0].start, new[0].end))]
    found, first = [], 0
    while first < min(len(old), len(new)) and _same(source, old[first], rewrite, new[first]):
        found.append(_group(old[first : first + 1], new[first : first + 1]))
        first += 1
    left, right = len(old), len(new)
    tail: list[Group] = []
    while left > first and right > first and _same(source, old[left - 1], rewrite, new[right - 1]):
        left, right = left - 1, right - 1
        tail.append(_group(old[left : left + 1], new[right : right + 1]))
    found += _aligned(source, old[first:left], rewrite, new[first:right])
    return found + tail[::-1]


def _same(source: SegmentedText, one: Block, rewrite: SegmentedText, other: Block) -> bool:
    return source.text[one.start : one.end] == rewrite.text[other.start : other.end]


def _group(old: Sequence[Block], new: Sequence[Block]) -> Group:
    return Group(
        (old[0].start, old[-1].end) if old else (0, 0),
        (new[0].start, new[-1].end) if new else (0, 0),
    )


def _aligned(source: SegmentedText, old: Sequence[Block], rewrite: SegmentedText, new: Sequence[Block]) -> list[Group]:
    """The best order-keeping pairing by shared content words, within a band around the diagonal."""
    if not old and not new:
        return []
    bags = [stems_of(read_words(source.text[block.start : block.end])) for block in old]
    others = [stems_of(read_words(rewrite.text[block.start : block.end])) for block in new]
    rarity = _rarity([*bags, *others])
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    slope = len(new) / max(1, len(old))
    for i in range(len(old) + 1):
        low = max(0, int(i * slope) - _REACH)
        for j in range(low, min(len(new), int(i * slope) + _REACH) + 1):
            for a, b in _MOVES:
                before = best.get((i - a, j - b))
                if before is None:
                    continue
                value = before[0] + _worth(bags[i - a : i], others[j - b : j], rarity)
                if (i, j) not in best or value > best[i, j][0]:
                    best[i, j] = value, (a, b)
    return _traced(best, old, new)


def _rarity(bags: Sequence[frozenset[str]]) -> dict[str, float]:
    """Return how much each stem tells: one that stands in many paragraphs ties none of them to another."""
    counts = Counter(stem for bag in bags for stem in bag)
    return {stem: 1 / max(1, count - 1) for stem, count in counts.items()}


def _worth(old: Sequence[frozenset[str]], new: Sequence[frozenset[str]], rarity: Mapping[str, float]) -> float:
    """Return how much two runs of paragraphs share, from 0 to 1 for each paragraph on the average of both sides."""
    if not old or not new:
        return _ALONE * len(old or new)
    left, right = frozenset().union(*old), frozenset().union(*new)
    weights = [sum(rarity[stem] for stem in stems) for stems in (left, right, left & right)]
    shared = 2 * weights[2] / max(0.001, weights[0] + weights[1])
    return shared * (len(old) + len(new)) / 2 - _JOINED * (len(old) + len(new) - 2) - (0.2 if not weights[2] else 0.0)


def _traced(
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]], old: Sequence[Block], new: Sequence[Block]
) -> list[Group]:
    found: list[Group] = []
    i, j = len(old), len(new)
    if (i, j) not in best:  # outside the band: the texts have no order in common
        return [_group(old, new)]
    while i or j:
        a, b = best[i, j][1]
        found.append(_group(old[i - a : i], new[j - b : j]))
        i, j = i - a, j - b
    return found[::-1]
