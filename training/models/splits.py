"""Which split a pair belongs to: a stable hash of its group decides once, when the pair is entered. Pure.

A cluster of near duplicates, or an author, must not be in two splits: a model would be judged on what it was trained
on. A pair that would connect two groups in different splits is held back.
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
    """Return the split of a group from its name alone: 80 % train, 10 % dev, 10 % test."""
    place = int.from_bytes(hashlib.sha256(f"split:{group}".encode()).digest()[:8]) / 2**64
    return next(split for share, split in _SHARES if place < share)


def entry_split(*, author: str, content: str, cluster_splits: frozenset[str]) -> Split:
    """Return the split of a new pair. `cluster_splits` are the splits of its near duplicates that are already stored.

    The author decides; without an author, the cluster; and for the first pair of a cluster, the hash of its content. A
    pair whose near duplicates are in another split is held back: it is stored, but no dataset includes it.
    """
    own = hashed_split(f"author:{author}") if author else None
    stored = cluster_splits - {Split.HELD_BACK}
    if len(stored) > 1:
        return Split.HELD_BACK
    if stored:
        (split,) = stored
        return Split(split) if own in {None, split} else Split.HELD_BACK
    return own or hashed_split(f"content:{content}")
