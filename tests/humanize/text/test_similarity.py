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
