from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanize.text.similarity import similarity


@given(st.text(), st.text())
def test_it_is_a_share_and_symmetric(left: str, right: str) -> None:
    assert 0.0 <= similarity(left, right) <= 1.0
    assert similarity(left, right) == pytest.approx(similarity(right, left))


@given(st.text(alphabet="ab cé1.", min_size=1))
def test_a_text_is_like_itself(text: str) -> None:
    assert similarity(text, text) == pytest.approx(1.0)


def test_facts_weigh_more_than_style() -> None:
    source = "The trial showed that 12 patients recovered after the new treatment."
    style = similarity(source, "The trial shows that 12 patients recovered after this new treatment.")
    number = similarity(source, "The trial showed that 13 patients recovered after the new treatment.")
    negated = similarity(source, "The trial never showed that 12 patients recovered after the new treatment.")
    other = similarity(source, "We sell used cars near the old town square.")
    assert style > 0.95
    assert number < style
    assert negated < style
    assert other < 0.3


def test_not_only_denies_nothing() -> None:
    assert similarity("It is not only hot but also cheap at the old inn.", "It is hot and cheap at the old inn.") > 0.9


def test_a_few_facts_in_a_long_text_do_not_sink_it() -> None:
    text = "The old mill by the river was sold to a farmer in spring and he did not mend it. " * 40
    assert similarity(text, text.replace("did not mend", "never mended", 4).replace("never", "once", 4)) > 0.9
