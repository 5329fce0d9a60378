"""A light rewrite as its changes: which words each took away and put in, those that only moved left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from humanize.facts.stems import Word, read_words
from humanize.text.align import differences

_NEAR = 2  # unchanged words between two changes that make them one


@dataclass(frozen=True, slots=True)
class WordChange:
    """One change: the words that stood there and those that stand there now, in order.

    `gone` and `new` are the content words without a counterpart anywhere on the other side; `repeated` those that went
    from here alone and stand elsewhere in the rewrite, where they stood before.
    """

    before: tuple[Word, ...]
    after: tuple[Word, ...]
    gone: tuple[Word, ...]
    new: tuple[Word, ...]
    repeated: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """All words of both sides, the changes in order, and the share of words that were deleted or inserted (0 to 1)."""

    before: tuple[Word, ...]
    after: tuple[Word, ...]
    changes: tuple[WordChange, ...]
    share: float


def compare(before: str, after: str) -> Difference:
    """Compare two stretches word by word."""
    old, new = tuple(read_words(before)), tuple(read_words(after))
    left, right = [word.low for word in old], [word.low for word in new]
    there, here = {word.stem for word in new}, {word.stem for word in old}
    steps = list(differences(left, right))
    ranges = _joined(steps)
    put_in = {word.stem for _, _, c, d in ranges for word in new[c:d]}
    stayed = there - put_in
    changes = tuple(
        WordChange(
            old[a:b],
            new[c:d],
            tuple(word for word in old[a:b] if word.is_content and word.stem not in there),
            tuple(word for word in new[c:d] if word.is_content and word.stem not in here),
            tuple(word for word in old[a:b] if word.is_content and word.stem in stayed),
        )
        for a, b, c, d in ranges
    )
    changed = sum(b - a + d - c for a, b, c, d in steps)
    return Difference(old, new, changes, changed / max(1, len(old) + len(new)))


def _joined(steps: Sequence[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    found: list[tuple[int, int, int, int]] = []
    for here in steps:
        if found and here[0] - found[-1][1] < _NEAR:
            found[-1] = (found[-1][0], here[1], found[-1][2], here[3])
        else:
            found.append(here)
    return found
