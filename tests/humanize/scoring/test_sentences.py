from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from humanize.scoring.sentences import sentence_scores

TEXT = (
    "Additionally, this comprehensive approach plays a crucial role in fostering growth, highlighting the importance "
    "of teamwork in today’s world. I dropped the keys down a drain on the way home and my wife still won't let it go."
)


def test_each_sentence_has_its_place() -> None:
    first, second = sentence_scores(TEXT)
    assert TEXT[first.start : first.end].endswith("world.")
    assert TEXT[second.start : second.end].startswith("I dropped")


def test_the_machine_sentence_weighs_more() -> None:
    first, second = sentence_scores(TEXT)
    assert first.weight > 0.8
    assert second.weight < 0.5


def test_markers_point_at_the_words_of_the_text() -> None:
    first, second = sentence_scores(TEXT)
    assert [TEXT[span.start : span.end] for span in first.markers] == [
        "Additionally",
        "comprehensive",
        "plays a crucial role",
        "fostering",
        "highlighting the",
        "in today’s",
    ]
    assert second.markers == ()


def test_a_sentence_of_a_word_says_nothing() -> None:
    (only,) = sentence_scores("Yes.")
    assert 0.4 < only.weight < 0.6


def test_another_language_has_no_sentence_scores() -> None:
    assert sentence_scores("Das ist ein Satz.", language="de") == ()


@given(st.text())
def test_any_text_gives_ordered_sentences_and_bounded_weights(text: str) -> None:
    last = 0
    for sentence in sentence_scores(text):
        assert last <= sentence.start < sentence.end <= len(text)
        assert 0.0 <= sentence.weight <= 1.0
        last = sentence.end
