"""The engine as its callers see it: what it may touch, what levels mean, that it repeats itself exactly."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from humanize.options import Dictionary, RewriteOptions, Strategy
from humanize.rules.engine import RuleResult, rewrite
from humanize.text.edits import apply
from humanize.text.faults import faults
from humanize.text.protect import protected_spans
from humanize.text.segment import segment
from humanize.text.spans import Span

DRAFT = (
    "In today's fast-paced world, small bakeries play a crucial role in village life. "
    "It is important to note that they utilize local flour. "
    "Additionally, they have embarked on an innovative approach to delivery. "
    "The new oven serves as a meeting point, showcasing the craft of the bakers. "
    "Furthermore, numerous individuals help to foster a sense of community. "
    "The bakery is not only warm but also cheap.\n\n"
    "When it comes to cakes, the shop boasts a vast array of flavours. "
    "Ultimately, the owners delve into old books in order to find recipes! "
    "In conclusion, the bakery stands as a testament to years of patience."
)


def result_of(
    text: str, level: int = 5, strategy: Strategy = "auto", dictionary: Dictionary | None = None
) -> RuleResult:
    document = segment(text, "text")
    options = RewriteOptions(level=level, strategy=strategy, dictionary=dictionary or Dictionary())
    return rewrite(document, protected_spans(document), options)


def text_of(text: str, level: int = 5, strategy: Strategy = "auto") -> str:
    return apply(text, result_of(text, level, strategy).edits)


def test_level_five_rewrites_the_draft_as_an_editor_would() -> None:
    assert text_of(DRAFT, strategy="professional") == (
        "Today, small bakeries play an important role in village life. They use local flour. "
        "Additionally, they have begun a new approach to delivery. "
        "The new oven is a meeting point, showing the craft of the bakers. "
        "Many people help to build a sense of community. The bakery is warm and cheap.\n\n"
        "When it comes to cakes, the shop has many flavours. "
        "Ultimately, the owners look into old books to find recipes. "
        "The bakery reflects years of patience."
    )


def test_what_a_level_changes_the_next_level_covers() -> None:
    spans = [[(e.start, e.end) for e in result_of(DRAFT, level).edits] for level in (1, 2, 3, 4, 5)]
    for lower, higher in pairwise(spans):
        for start, end in lower:
            covered = {i for a, b in higher for i in range(a, b)}
            assert set(range(start, end)) <= covered


@settings(max_examples=60)
@given(st.permutations(DRAFT.replace("\n\n", " ").split(". ")), st.integers(1, 4))
def test_levels_nest_whatever_the_order_of_sentences(sentences: list[str], level: int) -> None:
    text = ". ".join(sentences)
    lower = {i for e in result_of(text, level).edits for i in range(e.start, e.end)}
    higher = {i for e in result_of(text, level + 1).edits for i in range(e.start, e.end)}
    assert lower <= higher


@settings(max_examples=60)
@given(st.permutations(DRAFT.replace("\n\n", " ").split(". ")))
def test_no_order_of_sentences_makes_a_mechanical_fault(sentences: list[str]) -> None:
    text = ". ".join(sentences)
    assert len(faults(text_of(text))) <= len(faults(text))


@settings(max_examples=100)
@given(st.text(max_size=300))
def test_any_text_at_all_gives_well_formed_edits(text: str) -> None:
    apply(text, result_of(text).edits)


def test_same_input_gives_the_same_edits() -> None:
    assert result_of(DRAFT) == result_of(DRAFT)


def test_level_one_changes_one_sentence_of_three() -> None:
    text = "We utilize rain. We utilize wind. We utilize the sun."
    assert len(result_of(text, level=1).edits) == 1


def test_one_habit_in_a_long_text_goes_at_every_level() -> None:
    text = "The bus was late and the rain came down on the old stone bridge by the mill. " * 12 + "We utilize rain."
    assert [len(result_of(text, level).edits) for level in (1, 2, 3, 4, 5)] == [1, 1, 1, 1, 1]


def test_level_three_spares_no_sentence_of_a_short_text() -> None:
    text = "We utilize rain. They utilize wind. You utilize steam. All utilize coal."
    assert [len(result_of(text, level).edits) for level in (1, 2, 3)] == [1, 2, 4]


def test_protected_spans_are_never_touched() -> None:
    text = "We utilize rain and they utilize wind."
    start = text.index("they utilize")
    document = segment(text, "text")
    edits = rewrite(document, (Span(start, start + 12, "user"),), RewriteOptions(level=5)).edits
    assert apply(text, edits) == "We use rain and they utilize wind."


def test_quoted_speech_stays_as_it_was_said() -> None:
    text = 'The mayor said: "We utilize a plethora of pumps to leverage the river every single day."'
    assert text_of(text) == text


def test_a_phrase_never_to_be_touched_stays() -> None:
    dictionary = Dictionary(never_touch=("utilize",))
    assert result_of("We utilize rain.", dictionary=dictionary).edits == ()


def test_a_language_without_a_pack_is_left_alone_and_says_so() -> None:
    document = segment("Wir nutzen Regen.", "text")
    result = rewrite(document, (), RewriteOptions(language="de"))
    assert result.edits == ()
    assert result.warnings == ("there are no rules for de yet; the text was left unchanged",)


def test_contractions_are_written_out_in_academic_prose_only() -> None:
    text = "The paper is short and they don't cite it."
    assert text_of(text, strategy="academic") == "The paper is short and they do not cite it."
    assert text_of(text, strategy="casual") == text


def test_zero_width_characters_go() -> None:
    assert text_of("The riv\u200ber is wide and the bank is low.") == "The river is wide and the bank is low."


def test_emoji_joiners_stay() -> None:
    text = "The family \U0001f468\u200d\U0001f469\u200d\U0001f467 came along."
    assert text_of(text) == text


@pytest.mark.parametrize(
    ("text", "register"),
    [
        ("We propose a method (Smith, 2020). The dataset and baselines follow Jones et al.", "academic"),
        ("Hey guys, it's super cheap and I'm totally in! You'll love it!", "casual"),
        ("The committee met on Monday and approved the budget for the coming year.", "professional"),
    ],
)
def test_auto_finds_the_register(text: str, register: str) -> None:
    assert result_of(text).register == register
