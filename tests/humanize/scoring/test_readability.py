from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanize.scoring.readability import HIGHEST, LOWEST, flesch, syllables


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *[("the", 1), ("cat", 1), ("make", 1), ("walked", 1), ("wanted", 2), ("table", 2), ("little", 2)],
        *[("business", 2), ("idea", 3), ("area", 3), ("being", 2), ("science", 2), ("people", 2)],
        *[("organization", 5), ("specifically", 4), ("communities", 4), ("something", 2), ("therefore", 2)],
        *[("didn't", 2), ("isn't", 2), ("it's", 1), ("they're", 1), ("don't", 1), ("can't", 1), ("wouldn't", 2)],
        *[("boxes", 2), ("houses", 2), ("likes", 1), ("queue", 1), ("rhythm", 2), ("tv", 2), ("x", 1)],
    ],
)
def test_syllables_are_counted_as_spoken(word: str, count: int) -> None:
    assert syllables(word) == count


@given(st.text(min_size=1))
def test_any_word_has_a_bounded_number_of_syllables(word: str) -> None:
    assert 1 <= syllables(word) <= 80


def test_flesch_follows_its_formula() -> None:
    assert flesch(["the", "cat", "sat"], 1) == pytest.approx(206.835 - 1.015 * 3 - 84.6)


def test_flesch_is_held_in_its_range() -> None:
    assert flesch(["internationalization"] * 50, 1) == LOWEST
    assert flesch(["go"], 1) == pytest.approx(HIGHEST)
    assert flesch([], 0) == 0.0


def test_short_words_read_easier_than_long_ones() -> None:
    assert flesch(["we", "use", "this", "tool", "a", "lot"], 1) > flesch(["organizations", "utilize", "tools"], 1)
