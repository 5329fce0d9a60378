"""Verification: each check has a hostile rewrite that it catches, and names the sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanize.text.edits import apply
from humanize.text.protect import protected_spans
from humanize.text.segment import segment
from humanize.text.verify import Failure, Limits, verify

SOURCE = (
    "The firm paid $4.2 million in 2021. It is a good idea to visit Paris in spring. "
    "She said “Yes, we can” and left (quickly). The garden behind the house was quiet and green.\n\n"
    "Nobody had expected that the old mill would open again. People came from every village to see it."
)


def failures(result: str, source: str = SOURCE, **limits: float) -> tuple[Failure, ...]:
    document = segment(source)
    return verify(document, result, protected=protected_spans(document), limits=Limits(**limits))


def checks(result: str, source: str = SOURCE, **limits: float) -> list[tuple[str, int]]:
    return [(one.check, one.sentence) for one in failures(result, source, **limits)]


def changed(old: str, new: str) -> str:
    assert old in SOURCE
    return SOURCE.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a good idea", "a fine idea"),
        ("was quiet and green", "was green and quiet"),
        ("had expected", "expected"),
        ("", ""),
    ],
)
def test_a_fair_rewrite_passes(old: str, new: str) -> None:
    assert checks(SOURCE.replace(old, new) if old else SOURCE) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Paris", "Rome", ("protected", 1)),
        ("“Yes, we can”", "“Yes we can”", ("protected", 2)),
        ("the old mill", "the old mill of 12", ("numbers", 4)),
        ("the old mill", "the old {{mill}}", ("placeholder", 4)),
        ("the old mill", "the old ⟦3⟧ mill", ("numbers", 4)),
        ("to visit", "to Visit", ("case", 1)),
        ("Nobody had", "nobody had", ("case", 4)),
        ("a good", "an good", ("article", 1)),
        ("the house", "the the house", ("doubled_word", 3)),
        ("garden behind", "garden  behind", ("spacing", 3)),
        ("(quickly)", "(quickly", ("brackets", 2)),
        ("every village", "every “village", ("quotes", 5)),
    ],
)
def test_a_fault_is_named_with_its_sentence(old: str, new: str, expected: tuple[str, int]) -> None:
    assert expected in checks(changed(old, new))


def test_the_excerpt_is_of_the_source_sentence() -> None:
    (failure,) = failures(changed("a good", "an good"))
    assert failure.excerpt == "It is a good idea to visit Paris in spring."
    assert failure.detail == "“an good” should be “a good”"


@pytest.mark.parametrize(
    "result",
    [
        "We went to Rome from Paris, and then we all went home again together.",
        "From Paris we went to Rome, and then from Rome we all went home again together.",
    ],
)
def test_protected_spans_may_move_and_be_said_twice(result: str) -> None:
    assert checks(result, "From Paris we went to Rome, and then we all went home again together.") == []


def test_a_number_inside_another_does_not_count_as_kept() -> None:
    source = "There were 3 of them in the old house by the river that day."
    assert ("protected", 0) in checks("There were 13 of them in the old house by the river that day.", source)


def test_a_cut_text_is_truncated() -> None:
    assert ("truncated", 5) in checks(SOURCE[:-20])


def test_a_preamble_and_a_refusal_are_caught() -> None:
    assert ("preamble", 0) in checks(f"Sure, here is the text: {SOURCE}")
    assert ("preamble", 0) in checks(f"Here's the rewritten version. {SOURCE}")
    assert ("refusal", 0) in checks("I'm sorry, I can't help with that.")
    assert ("refusal", 0) in checks(f"{SOURCE} As an AI, I have no garden.")


def test_words_that_the_source_has_too_are_no_preamble() -> None:
    source = "Sure, we all make mistakes in the garden now and then."
    assert checks(source.replace("all make", "make"), source) == []


def test_length_has_bounds() -> None:
    assert ("length", 5) in checks(SOURCE + " The garden was quiet and green." * 12)
    assert ("length", 1) in checks("The firm paid $4.2 million in 2021.")


def test_paragraphs_are_kept() -> None:
    assert ("paragraphs", 4) in checks(SOURCE.replace("\n\n", " "))


def test_another_meaning_fails() -> None:
    result = changed(
        "The garden behind the house was quiet and green.", "My uncle sells used cars near a loud motorway."
    )
    assert ("meaning", 3) in checks(result, similarity=0.9)


def test_another_language_fails() -> None:
    source = (
        "The garden behind the house was quiet and green, and nobody had expected that the old mill would open again. "
        "People came from every village to see it, and they stayed until the evening, because the weather was so fine."
    )
    german = (
        "Der Garten hinter dem Haus war still und grün, und niemand hatte erwartet, dass die alte Mühle wieder öffnet. "
        "Aus jedem Dorf kamen Leute, um sie zu sehen, und sie blieben bis zum Abend, weil das Wetter so schön war."
    )
    assert ("language", 0) in checks(german, source)


def test_code_and_tables_must_stand() -> None:
    source = "Some prose here.\n\n```py\nx = 1\n```\n\nMore prose there."
    assert checks(source.replace("x = 1", "x = 2"), source) != []
    assert checks(source.replace("Some prose", "A little prose"), source) == []


@given(st.text(max_size=200))
def test_the_source_itself_always_passes(text: str) -> None:
    document = segment(text)
    assert verify(document, apply(text, ()), protected=protected_spans(document)) == ()
