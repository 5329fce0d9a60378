from __future__ import annotations

from collections import Counter

from training.models.splits import Split, entry_split, hashed_split


def test_the_hash_is_stable_and_gives_eight_one_one() -> None:
    counts = Counter(hashed_split(f"author:{number}") for number in range(20_000))
    assert {split: round(count / 20_000, 1) for split, count in counts.items()} == {
        Split.TRAIN: 0.8,
        Split.DEV: 0.1,
        Split.TEST: 0.1,
    }
    assert [hashed_split(name) for name in ("author:a", "author:b", "cluster:c")] == STABLE


STABLE = [Split.TEST, Split.TRAIN, Split.TRAIN]


def test_an_author_stays_together_and_a_cluster_stays_together() -> None:
    alone = entry_split(author="a", content="c1", cluster_splits=frozenset())
    assert alone == hashed_split("author:a")
    assert entry_split(author="a", content="c2", cluster_splits=frozenset()) == alone
    assert entry_split(author="", content="c1", cluster_splits=frozenset({"dev"})) == Split.DEV


def test_a_point_that_would_leak_is_held_back() -> None:
    own = hashed_split("author:a")
    other = "test" if own != Split.TEST else "train"
    assert entry_split(author="a", content="c", cluster_splits=frozenset({other})) == Split.HELD_BACK
    assert entry_split(author="", content="c", cluster_splits=frozenset({"train", "test"})) == Split.HELD_BACK
    assert entry_split(author="a", content="c", cluster_splits=frozenset({own, "none"})) == own
