"""Replacements are spelt as the text is."""

from __future__ import annotations

import pytest

from humanize.options import Dictionary, RewriteOptions
from humanize.pipeline.rewrite import rewrite_text
from humanize.rules.spelling import spell_like


def rewritten(text: str, dictionary: Dictionary | None = None) -> str:
    return rewrite_text(text, RewriteOptions(level=5, dictionary=dictionary or Dictionary())).result


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The colour was grey.", "analysed"),
        ("The color was gray.", "analyzed"),
        ("They travelled to the centre.", "analysed"),
        ("They organised a fair.", "analysed"),
        ("They organized a fair.", "analyzed"),
        ("They organized a fair in the theatre.", "analysed"),  # Oxford spelling: "-ize", but "analyse" and "theatre"
        ("The programme is long.", "analysed"),
        ("The program counts colors.", "analyzed"),
        ("The river is long.", "analyzed"),
        ("A colour, a color.", "analyzed"),
    ],
)
def test_a_word_of_two_spellings_follows_the_text(text: str, wanted: str) -> None:
    assert spell_like(text, "conducted an analysis of", "analyzed", "en") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The colour was grey.", "prioritise"),
        ("They organized a fair in the theatre.", "prioritize"),
        ("They organised a fair.", "prioritise"),
        ("The color faded.", "prioritize"),
    ],
)
def test_ise_follows_its_own_kind_first(text: str, wanted: str) -> None:
    assert spell_like(text, "put first", "prioritize", "en") == wanted


def test_words_that_stood_there_and_other_languages_stay() -> None:
    assert spell_like("The colour faded.", "the color of", "color of", "en") == "color of"
    assert spell_like("La colour.", "x", "analyzed", "fr") == "analyzed"


def test_capitals_stay() -> None:
    assert spell_like("The colour faded.", "x", "Analyzing ANALYZED", "en") == "Analysing ANALYSED"


def test_the_engine_spells_its_replacements_as_the_text_is_spelt() -> None:
    before = "The {0} of the wall changed. The team conducted an analysis of the paint."
    assert rewritten(before.format("colour")) == "The colour of the wall changed. The team analysed the paint."
    assert rewritten(before.format("color")) == "The color of the wall changed. The team analyzed the paint."


def test_a_preference_of_the_dictionary_is_spelt_as_the_writer_has_it() -> None:
    dictionary = Dictionary(prefer=(("hue", "color"),))
    assert rewritten("The colour and the hue differ.", dictionary) == "The colour and the color differ."
