"""Which split a point belongs to: by a stable hash of its group, decided once at entry and never again. Pure.

A cluster of near duplicates and an author must not stand on both sides of a split: a model would be judged on what it
has seen. A point that would tie two groups of different splits is held back instead.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum


class Split(StrEnum):
    TRAIN = "train"
    DEV = "dev"
    TEST = "test"
    HELD_BACK = "none"


_SHARES = ((0.8, Split.TRAIN), (0.9, Split.DEV), (1.0, Split.TEST))


def hashed_split(group: str) -> Split:
    """80 % train, 10 % dev, 10 % test, by the group's name alone."""
    place = int.from_bytes(hashlib.sha256(f"split:{group}".encode()).digest()[:8]) / 2**64
    return next(split for share, split in _SHARES if place < share)


def entry_split(*, author: str, content: str, cluster_splits: frozenset[str]) -> Split:
    """The split of a new point. `cluster_splits` are those of the near duplicates that are already there.

    An author's points follow the author; without an author a point follows its cluster, and the first of a cluster the
    hash of its content. Where the near duplicates stand elsewhere the point is held back: it is kept, but no dataset
    takes it.
    """
    own = hashed_split(f"author:{author}") if author else None
    there = cluster_splits - {Split.HELD_BACK}
    if len(there) > 1:
        return Split.HELD_BACK
    if there:
        (found,) = there
        return Split(found) if own in {None, found} else Split.HELD_BACK
    return own or hashed_split(f"content:{content}")
