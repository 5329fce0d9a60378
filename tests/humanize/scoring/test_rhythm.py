from __future__ import annotations

import pytest

from humanize.scoring.rhythm import burstiness, sentence_lengths
from humanize.scoring.tokens import tokenise


def test_sentence_lengths_are_words_between_stops() -> None:
    assert sentence_lengths(tokenise("One. Two words! Are there three? And a tail")) == [1, 2, 3, 3]


def test_stops_without_words_make_no_sentence() -> None:
    assert sentence_lengths(tokenise("... !? . ")) == []


def test_even_sentences_have_no_burstiness() -> None:
    assert burstiness([12, 12, 12]) == 0.0


def test_burstiness_is_the_coefficient_of_variation() -> None:
    assert burstiness([5, 15]) == pytest.approx(0.5)


def test_one_sentence_has_no_burstiness() -> None:
    assert burstiness([7]) == 0.0
    assert burstiness([]) == 0.0
