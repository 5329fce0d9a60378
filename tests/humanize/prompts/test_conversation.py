from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanize.options import RewriteOptions
from humanize.prompts import conversation
from humanize.prompts.answer import UnusableAnswer
from humanize.prompts.question import CheckedChanges, PassedChange, Question
from humanize.prompts.render import ALONE, PromptExample, Surroundings
from humanize.prompts.style_sheet import StyleSheet, style_sheet
from humanize.text.edits import apply
from humanize.text.protect import protected_spans
from humanize.text.segment import segment

KEY = "k3yk3yk3yk3y"
TEXT = """# The plan

It is important to note that the team must leverage robust tools by 12 May. The plan plays a pivotal
role in our work with Anna Smith. She said “We go. We win.” and left.

```py
print("no prose")
```

- A list item stands here, showing the need for care.
"""


def asked_about(text: str = TEXT, around: Surroundings = ALONE, format: str = "markdown") -> Question:
    document = segment(text, format)  # type: ignore[arg-type]
    options = RewriteOptions(language="en", strategy="professional", format="markdown")
    return conversation.write_question(document, protected_spans(document), options, around=around, nonce=lambda: KEY)


def result(asked: Question, *answers: str) -> str:
    draft = conversation.read_draft(asked, answers[0], origin="llm/x")
    for raw in answers[1:]:
        draft = conversation.merge_answer(asked, draft, raw, origin="llm/x")
    return conversation.verify_draft(asked, draft).result


def test_sentences_are_numbered_with_marks_and_only_prose_is_shown() -> None:
    asked = asked_about()
    assert asked.sheet.body == (
        "# The plan\n"
        "\n"
        "[1] It is important to note that the team must leverage robust tools by ⟦1⟧.\n"
        "[2] The plan plays a pivotal role in our work with ⟦2⟧.\n"
        "[3] She said ⟦3⟧ and left.\n"
        "\n"
        "[4] A list item stands here, showing the need for care."
    )
    assert f"<marks-{KEY}>\n⟦1⟧ = 12 May\n⟦2⟧ = Anna Smith\n</marks-{KEY}>" in asked.prompt
    assert "We go" not in asked.prompt
    assert "no prose" not in asked.prompt


def test_changed_sentences_become_edits_with_reasons_and_the_line_break_stays() -> None:
    asked = asked_about()
    draft = conversation.read_draft(
        asked,
        "[1 c] The team must use robust tools by ⟦1⟧.\n[2 c] The plan is a pivotal role in our work with ⟦2⟧.\n"
        "[4 t] A list item stands here.\nEND",
        origin="llm/x",
    )
    kept = conversation.verify_draft(asked, draft)
    assert [(edit.before, edit.after, edit.reason) for edit in kept.edits] == [
        ("It is important to note that the ", "The ", "A stock phrase is said directly"),
        ("leverage", "use", "A stock phrase is said directly"),
        ("plays", "is", "A stock phrase is said directly"),
        (", showing the need for care", "", "The tail only commented on the sentence"),
    ]
    assert {edit.source for edit in kept.edits} == {"llm/x"}
    assert "is a pivotal\nrole" in kept.result
    assert kept.warnings == ()


def test_neighbours_of_one_paragraph_may_be_joined_and_those_of_two_may_not() -> None:
    asked = asked_about()
    joined = "[2-3 j] The plan plays a pivotal role in our work with ⟦2⟧, who said ⟦3⟧ and left.\nEND"
    assert "Anna Smith, who said “We go. We win.” and left." in result(asked, joined)
    across = conversation.read_draft(
        asked, "[3-4 j] She said ⟦3⟧ and left, and a list item stands here.\nEND", origin="llm/x"
    )
    assert [one.reason for one in across.failures] == ["only sentences of one paragraph may be joined"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("The team must use robust tools.", "the mark ⟦1⟧ is missing"),
        ("The team must use robust tools with ⟦2⟧ by ⟦1⟧.", "the mark ⟦2⟧ does not belong to this sentence"),
        ("The team must use robust tools by ⟦1⟧ ⟦.", "a mark came back broken"),
        ("The team must use the the robust tools by ⟦1⟧.", "“the the”"),
        ("The team must use 3 robust tools by ⟦1⟧.", "the number 3 was added"),
        ("The Berlin team must use robust tools by ⟦1⟧.", "“Berlin” is not in the original"),
        ("The team must use robust tools within four weeks by ⟦1⟧.", "“four weeks” is not in the original"),
        ("The team must use **robust** tools by ⟦1⟧.", "the markup around words was changed"),
        ("See www.example.com, where the team must use robust tools by ⟦1⟧.", "“www.example.com” is not"),
    ],
)
def test_a_sentence_that_fails_is_named_in_the_retry_and_dropped_if_it_fails_again(text: str, why: str) -> None:
    asked = asked_about()
    answer = f"[1 c] {text}\n[4 t] A list item stands here.\nEND"
    draft = conversation.read_draft(asked, answer, origin="llm/x")
    assert [(one.first, one.last) for one in draft.failures] == [(1, 1)]
    assert draft.failures[0].reason.startswith(why)
    prompt = conversation.retry_prompt(asked, draft)
    assert "\n[1] It is important to note that the team must leverage robust tools by ⟦1⟧.\n" in prompt
    assert f"problem: {why}" in prompt
    assert "[4]" not in prompt
    again = conversation.merge_answer(asked, draft, f"[1 c] {text}\nEND", origin="llm/x")
    kept = conversation.verify_draft(asked, again)
    assert kept.result == TEXT.replace(", showing the need for care", "")
    assert kept.warnings[0].startswith("A change was dropped near “It is important to note that")


@pytest.mark.parametrize(
    "text",
    [
        "The team need not use robust tools by ⟦1⟧.",
        "The team may use robust tools by ⟦1⟧.",
        "Cats sleep by ⟦1⟧.",
        "The team must never leverage robust tools by ⟦1⟧.",
    ],
)
def test_what_only_a_reader_can_judge_is_to_be_looked_at(text: str) -> None:
    asked = asked_about()
    kept = conversation.verify_draft(asked, conversation.read_draft(asked, f"[1 c] {text}\nEND", origin="llm/x"))
    assert any(edit.look for edit in kept.edits)
    assert "team must leverage robust tools by 12 May." in kept.result
    assert kept.doubts[0].source.startswith("It is important to note that the team must leverage")
    assert " ".join(kept.doubts[0].rewrite.split()).startswith(text.replace("⟦1⟧", "12 May"))


def test_what_the_retry_makes_good_is_used_and_knows_its_answer() -> None:
    asked = asked_about()
    draft = conversation.read_draft(
        asked, "[1 c] The team must use tools.\n[4 t] A list item stands here.\nEND", origin="llm/x"
    )
    draft = conversation.merge_answer(asked, draft, "[1 c] The team must use robust tools by ⟦1⟧.\nEND", origin="llm/x")
    assert [(one.first, one.answer) for one in draft.changes] == [(1, 1), (4, 0)]
    assert draft.failures == ()
    assert "The team must use robust tools by 12 May." in conversation.verify_draft(asked, draft).result


def test_the_retry_may_only_answer_for_what_failed() -> None:
    asked = asked_about()
    draft = conversation.read_draft(asked, "[1 c] The team must use tools.\nEND", origin="llm/x")
    with pytest.raises(UnusableAnswer) as caught:
        conversation.merge_answer(asked, draft, "[4 t] A list item stands here.\nEND", origin="llm/x")
    assert caught.value.kind == "unknown_number"


def test_a_second_reader_sees_what_was_left_alone_or_failed_and_may_change_nothing_else() -> None:
    asked = asked_about()
    draft = conversation.read_draft(
        asked, "[1 c] The team must use tools.\n[4 t] A list item stands here.\nEND", origin="llm/x"
    )  # the first has lost its mark
    assert conversation.unchanged_numbers(asked, draft) == (1, 2, 3)
    prompt = conversation.remaining_prompt(asked, draft, ALONE)
    assert "[4]" not in prompt
    assert "Edit sentences 1 to 3 between" in prompt
    among = conversation.unchanged_numbers(asked, draft)
    raw = "[1 c] The team must use robust tools by ⟦1⟧.\n[2 w] The plan matters to our work with ⟦2⟧.\nEND"
    merged = conversation.merge_answer(asked, draft, raw, origin="llm/y", among=among)
    assert ([one.first for one in merged.changes], merged.failures) == ([1, 2, 4], ())
    with pytest.raises(UnusableAnswer):
        conversation.merge_answer(asked, draft, "[4 t] A list item.\nEND", origin="llm/y", among=among)
    gap = conversation.read_draft(asked, "[2 w] The plan matters to our work with ⟦2⟧.\nEND", origin="llm/x")
    assert "Edit the numbered sentences between" in conversation.remaining_prompt(asked, gap, ALONE)
    everything = CheckedChanges(tuple(PassedChange(n, n, (), 0) for n in (1, 2, 3, 4)), ())
    assert conversation.remaining_prompt(asked, everything, ALONE) == ""


def test_a_text_with_brackets_of_its_own_gets_marks_with_a_prefix() -> None:
    asked = asked_about("They wrote ⟦so⟧ on the wall by 12 May and left the building.")
    assert asked.sheet.body.endswith("by ⟦k3y1⟧ and left the building.")
    assert result(asked, "[1 w] They wrote ⟦so⟧ on a wall by ⟦k3y1⟧ and left the building.\nEND").startswith(
        "They wrote ⟦so⟧ on a wall by 12 May"
    )


def test_a_text_without_sentences_asks_nothing() -> None:
    assert asked_about("```\ncode\n```\n").prompt == ""


def test_surroundings_are_shown_to_read_and_fenced() -> None:
    around = Surroundings(
        "What was.\nBefore.", "What comes.", StyleSheet(("No contractions",)), (PromptExample("a b", "a"),)
    )
    prompt = asked_about(around=around).prompt
    assert f"<before-{KEY}>\nWhat was. Before.\n</before-{KEY}>" in prompt
    assert f"<after-{KEY}>\nWhat comes.\n</after-{KEY}>" in prompt
    assert f"<examples-{KEY}>\nwas: a b\nnow: a\n</examples-{KEY}>" in prompt
    assert "- No contractions" in prompt


def test_an_unreadable_answer_is_asked_for_again_with_its_reason() -> None:
    asked = asked_about()
    again = conversation.reformat_prompt(asked, "it was empty")
    assert again.startswith(asked.prompt)
    assert "could not be read: it was empty." in again


def test_the_style_sheet_says_what_the_parts_must_share() -> None:
    text = "We organise the colour programme for the centre, port and town near Mill House. We like it. " * 5
    assert style_sheet(text).rules == (
        "British spelling",
        "No contractions",
        "The text speaks as “we”",
        "No comma before “and” in lists",
        "Terms, always written so: Mill House",
    )


@given(st.text(max_size=200), st.text(max_size=80))
def test_whatever_text_and_answer_the_result_is_the_source_or_verified(text: str, words: str) -> None:
    document = segment(text, "text")
    asked = conversation.write_question(document, protected_spans(document), RewriteOptions(language="en"))
    if not asked.prompt:
        return
    try:
        draft = conversation.read_draft(asked, f"[1 w] {words}\nEND", origin="llm/x")
    except UnusableAnswer:
        return
    kept = conversation.verify_draft(asked, draft)
    assert apply(text, kept.edits) == kept.result
