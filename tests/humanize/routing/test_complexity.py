from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanize.routing.complexity import BANDS, complexity_of

PLAIN = "We met at the gate. The dog ran off. It came back wet. I gave it some bread and we went home."
DENSE = (
    "Notwithstanding the jurisdictional limitations which the administrative tribunal acknowledged in Case 12/345, the "
    "extraterritorial applicability of the regulation, whose interpretation (see Article 4(1)) remains controversial, "
    "presupposes a methodological distinction between transactional and organisational characteristics of undertakings."
)


def test_plain_prose_is_simple_and_dense_prose_complex() -> None:
    assert (complexity_of(PLAIN).band, complexity_of(DENSE).band) == ("simple", "complex")


def test_the_features_are_what_they_say() -> None:
    found = complexity_of("I saw 20 boats, which were red. We went home.", "text")
    assert (found.words, found.sentence_words, found.clauses, found.terms) == (9, 4.5, 1.0, 0.0)
    assert found.protected == 0.5


def test_the_writers_own_phrases_count_as_protected() -> None:
    assert complexity_of(PLAIN, "text", ("the dog ran off",)).protected > complexity_of(PLAIN, "text").protected


@pytest.mark.parametrize("text", ["", "…", "```\ncode\n```", "42"])
def test_a_text_without_sentences_is_simple(text: str) -> None:
    assert complexity_of(text).band == "simple"


@given(st.text(max_size=400))
def test_any_text_has_a_band(text: str) -> None:
    found = complexity_of(text)
    assert found.band in BANDS
    assert -3 <= found.score <= 3
