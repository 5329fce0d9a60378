from __future__ import annotations

import random

import pytest

from training.pairs.minhash import band_keys, content_hash, is_near_duplicate, jaccard, shingles

_WORDS = [a + b for a in ("ka", "lo", "mi", "ne", "pu", "ra", "so", "ti") for b in ("ban", "der", "fin", "gol", "hem")]


def text(rand: random.Random, words: int = 120) -> list[str]:
    return [rand.choice(_WORDS) + str(rand.randrange(40)) for _ in range(words)]


def changed(rand: random.Random, words: list[str], share: float) -> list[str]:
    return [f"x{rand.randrange(10**6)}" if rand.random() < share else word for word in words]


@pytest.mark.parametrize(("share", "least"), [(0.03, 0.99), (0.10, 0.75)])
def test_texts_with_a_few_words_changed_become_candidates_and_are_near(share: float, least: float) -> None:
    rand = random.Random(5)
    found = 0
    for _ in range(300):
        words = text(rand)
        left, right = shingles(" ".join(words)), shingles(" ".join(changed(rand, words, share)))
        found += bool(set(band_keys(left).tolist()) & set(band_keys(right).tolist())) and is_near_duplicate(left, right)
    assert found / 300 >= least


def test_different_texts_share_no_band() -> None:
    rand = random.Random(6)
    seen: set[int] = set()
    for _ in range(300):
        keys = set(band_keys(shingles(" ".join(text(rand)))).tolist())
        assert not keys & seen
        seen |= keys


def test_jaccard_is_exact_and_ignores_case_and_marks() -> None:
    assert jaccard(shingles("The cat sat on the mat."), shingles("the CAT sat, on the mat")) == 1.0
    assert jaccard(shingles("a b c d"), shingles("a b c e")) == pytest.approx(1 / 3)
    assert jaccard(shingles(""), shingles("a b c")) == 0.0
    assert len(band_keys(shingles("—"))) == 0
    assert len(shingles("one")) == 1


def test_keys_are_the_same_in_every_process() -> None:
    assert band_keys(shingles("the cat sat on the mat"))[:2].tolist() == KEYS


KEYS = [-8365349825666290199, -5064957486887335436]


def test_the_hash_tells_the_sides_apart() -> None:
    assert content_hash("ab", "c") != content_hash("a", "bc")
    assert content_hash("a", "b") == content_hash("a", "b")
