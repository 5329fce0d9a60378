"""A model's answer by paragraphs: what it may do, what it may not, and which edits come of it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from humanize.options import RewriteOptions
from humanize.pipeline.verification import VerifiedEdits
from humanize.prompts import conversation
from humanize.prompts.answer import UnusableAnswer
from humanize.prompts.paragraph_answer import read_paragraphs
from humanize.prompts.question import CheckedChanges, Question
from humanize.text.edits import apply
from humanize.text.protect import protected_spans
from humanize.text.segment import segment

KEY = "k3y5tq8wzxpd"
TEXT = """# The New Library

It is important to note that the library opens at 9 on Monday. Anna Smith runs it with `lib-tool`. It is a good library.

The hall has three parts:

- the reading room
- the map room
- the archive

The council paid 40,000 pounds, and it may pay more. Would you like me to add a summary?
"""


def asked(text: str = TEXT, level: int = 5) -> Question:
    document = segment(text, "markdown")
    options = RewriteOptions(level=level, language="en", strategy="professional", format="markdown")
    return conversation.write_question(document, protected_spans(document), options, nonce=lambda: KEY)


def drafted(raw: str, text: str = TEXT) -> CheckedChanges:
    return conversation.read_draft(asked(text), f"{raw}\nEND", origin="llm/x")


def verified(raw: str, text: str = TEXT) -> VerifiedEdits:
    return conversation.verify_draft(asked(text), drafted(raw, text))


def accepted(raw: str, text: str = TEXT) -> str:
    return apply(text, verified(raw, text).edits)


def test_paragraphs_are_numbered_and_names_and_figures_are_shown() -> None:
    body = asked().sheet.body
    assert body.startswith(
        "¶1 (heading)\n[1] The New Library\n\n¶2\n[2] It is important to note that the library opens"
    )
    assert "[3] Anna Smith runs it with ⟦1⟧." in body
    assert "¶4 (list item)\n[6] the reading room" in body
    assert "40,000 pounds" in body


@pytest.mark.parametrize(("level", "language"), [(3, "en"), (5, "de"), (4, "fr")])
def test_lower_levels_and_other_languages_stay_with_sentences(level: int, language: str) -> None:
    document = segment(TEXT, "markdown")
    options = RewriteOptions(level=level, language=language, strategy="professional", format="markdown")
    question = conversation.write_question(document, protected_spans(document), options)
    assert not question.recasts
    assert "¶" not in question.sheet.body


def test_the_prompt_names_the_genre_and_the_tells_but_no_word_of_the_text() -> None:
    prompt = asked("By pooling tools, neighbours save money, highlighting the value of trust. They met in May.").prompt
    inside = prompt[prompt.index("<text-") : prompt.index("</text-")]
    around = prompt.replace(inside, "")
    assert "Kind of text: " in around
    assert "a tail in -ing that comments on its own sentence" in around
    assert "neighbours save" not in around


def test_small_changes_of_a_paragraph_are_decided_word_by_word() -> None:
    kept = verified("¶2 c\n[2] The library opens at 9 on Monday.\n[3] =\n[4] =")
    assert [(edit.before, edit.after, edit.look) for edit in kept.edits] == [
        ("It is important to note that the", "The", "")
    ]
    assert kept.result == TEXT.replace("It is important to note that the", "The")
    assert kept.doubts == ()


RECAST = "The council may pay more than the 40,000 pounds that it has already spent."


def test_a_paragraph_written_anew_is_one_block_and_to_be_looked_at() -> None:
    kept = verified(f"¶7 w t\n[9] {RECAST}\ncut [10] chat")
    (edit,) = kept.edits
    assert edit.before == "The council paid 40,000 pounds, and it may pay more. Would you like me to add a summary?"
    assert edit.after == RECAST
    assert edit.reason == "A plainer word says the same. The tail only commented on the sentence"
    assert "read both" in edit.look
    assert kept.result == TEXT
    (doubt,) = kept.doubts
    assert (doubt.source, doubt.rewrite) == (edit.before, edit.after)


def test_a_list_that_holds_no_list_becomes_prose() -> None:
    raw = "¶3-6 l\n[5 6 7 8] The hall has three parts: the reading room, the map room and the archive."
    assert accepted(raw) == TEXT.replace(
        "The hall has three parts:\n\n- the reading room\n- the map room\n- the archive",
        "The hall has three parts: the reading room, the map room and the archive.",
    )


def test_a_paragraph_may_become_two_with_the_texts_own_line_ends() -> None:
    text = TEXT.replace("\n", "\r\n")
    raw = "¶2 o\n[2] The library opens at 9 on Monday.\n/\n[3 4] Anna Smith runs it with ⟦1⟧, and it is a good library."
    assert "9 on Monday.\r\n\r\nAnna Smith runs it with `lib-tool`, and it is a good library." in accepted(raw, text)


def test_a_heading_loses_its_capitals() -> None:
    assert accepted("¶1 g\n[1] The new library").startswith("# The new library\n")


def test_a_paragraph_that_says_nothing_goes_with_its_blank_line() -> None:
    text = "I hope this helps everyone who reads it.\n\nThe gate was new and the wall was old.\n"
    assert accepted("¶1 p\ncut [1] chat around the text", text) == "The gate was new and the wall was old.\n"


def test_lines_that_are_wrapped_stay_wrapped() -> None:
    text = "The council paid 40,000 pounds,\nand it may pay more\nnext year.\n"
    result = accepted(f"¶1 w\n[1] {RECAST} That is for next year.", text)
    assert result.count("\n") == 3
    assert " ".join(result.split()) == f"{RECAST} That is for next year."


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("¶2 w\n[2] The library opens at 9 on Monday.\n[3] =", "sentence 4 is neither carried nor cut"),
        ("¶2 w\n[2] =\n[3] =\n[4] =\n[9] =", "sentence 9 belongs to another paragraph"),
        ("¶2 w\n[2] =\n[3] =\n[4] =\ncut [4] dull", "sentence 4 is carried and cut"),
        ("¶2 w\n[2 4] The library opens at 9 on Monday.\n[3] Anna Smith runs it.", "the mark ⟦1⟧ is missing"),
        ("¶2 w\n[2] It opens at 9 on Monday.\n[3] Eve runs it with ⟦1⟧.\n[4] =", "“Anna Smith” is not in the rewrite"),
        ("¶2 w\n[2] It opens at 10 on Monday.\n[3] =\n[4] =", "“9” is not in the rewrite"),
        ("¶2 w\n[2] It opens on Monday.\n[3] =\n[4] =", "“9” is not in the rewrite"),
        ("¶2 w\ncut [2] dull\n[3] =\n[4] =", "“9” is not in the rewrite"),
        ("¶4 w\n[6] the room\n/\n[6] for reading", "a heading or a list item cannot become two paragraphs"),
        ("¶2 w\n[2] The **library opens at 9 on Monday.\n[3] =\n[4] =", "the markup ** is open on one side"),
        ("¶7 w\n[9 10] " + "The council paid 40,000 pounds. " * 9, "18 words became 45"),
    ],
)
def test_what_a_recast_may_not_do_is_named_for_the_retry(raw: str, why: str) -> None:
    (failure,) = drafted(raw).failures
    assert failure.reason.startswith(why)
    prompt = conversation.retry_prompt(asked(), drafted(raw))
    assert f"problem: {why}" in prompt
    assert "Same form of answer, only these paragraphs" in prompt


def test_a_protected_phrase_that_goes_is_refused_also_where_another_paragraph_fails() -> None:
    text = "The oak table is by the door. The lamp is new.\n\nThe fee is 40 pounds a year."
    document = segment(text, "text")
    options = RewriteOptions(level=5, language="en", format="text", strategy="professional", protected=("oak table",))
    question = conversation.write_question(document, (), options)
    raw = "¶1 w\ncut [1] dull\n[2] =\n¶2 w\n[3] The fee is 50 pounds a year.\nEND"
    failed = conversation.read_draft(question, raw, origin="llm/x").failures
    assert failed[0].reason == "“oak table” is not in the rewrite"
    assert len(failed) == 2


def test_the_retry_may_recast_what_failed_and_nothing_else() -> None:
    question = asked()
    draft = drafted("¶2 w\n[2] It opens at 10 on Monday.\n[3] =\n[4] =")
    good = "¶2 w\n[2] It opens at 9 on Monday.\n[3] =\n[4] =\nEND"
    merged = conversation.merge_answer(question, draft, good, origin="llm/x")
    assert (len(merged.changes), merged.changes[0].answer, merged.failures) == (1, 1, ())
    with pytest.raises(UnusableAnswer, match="¶7 was not to be changed again"):
        conversation.merge_answer(question, draft, "¶7 w\n[9] =\ncut [10] chat\nEND", origin="llm/x")


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("", "empty"),
        ("Sure! Here is it.\n¶2 w\n[2] =\nEND", "preamble"),
        ("I cannot help with that.\nEND", "refused"),
        ("¶2 w\n[2] =\n[3] =", "truncated"),
        ("¶2 w\nA line of its own.\nEND", "stray"),
        ("¶9 w\n[2] =\nEND", "unknown_number"),
        ("¶3-2 w\n[2] =\nEND", "unknown_number"),
        ("¶2 w\n[2] =\n¶2 w\n[2] =\nEND", "repeated_number"),
        ("¶2-4 w\n[2] =\n¶3 w\n[5] =\nEND", "repeated_number"),
        (f"¶2 w\n[2] {KEY}\nEND", "fence"),
    ],
)
def test_an_answer_of_another_form_is_no_answer(raw: str, kind: str) -> None:
    with pytest.raises(UnusableAnswer) as caught:
        read_paragraphs(raw, most=7, key=KEY)
    assert caught.value.kind == kind


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="¶[]0123456789 -/=,cutEND\nwab.⟦⟧", max_size=80))
def test_no_answer_breaks_the_reader_and_none_loses_the_text(raw: str) -> None:
    question = asked()
    try:
        draft = conversation.read_draft(question, f"{raw}\nEND", origin="llm/x")
    except UnusableAnswer:
        return
    kept = conversation.verify_draft(question, draft)
    assert all(fact in apply(TEXT, kept.edits) for fact in ("40,000", "Monday", "`lib-tool`"))
