from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanize.scoring.diversity import mtld


def test_a_text_that_never_repeats_scores_its_length() -> None:
    assert mtld(["one", "two", "three", "four"]) == 4.0


def test_one_word_over_and_over_scores_two() -> None:
    assert mtld(["go"] * 10) == pytest.approx(2.0)


def test_an_empty_text_scores_zero() -> None:
    assert mtld([]) == 0.0


def test_repetition_lowers_the_score() -> None:
    varied = [f"w{number}" for number in range(60)]
    assert mtld(varied + varied) > mtld(varied[:15] * 8)


@given(st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), min_size=1))
def test_both_directions_count_alike(words: list[str]) -> None:
    assert mtld(words) == pytest.approx(mtld(words[::-1]))


@given(st.lists(st.text(min_size=1)))
def test_the_score_lies_between_zero_and_a_bound_set_by_the_length(words: list[str]) -> None:
    assert 0.0 <= mtld(words) <= max(len(words), 1) * max(len(words), 1)
