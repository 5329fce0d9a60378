"""The examples for fine-tuning are the prompts that serving sends and the answers that it reads."""

from __future__ import annotations

from humanize.options import RewriteOptions
from humanize.prompts import conversation
from humanize.text.protect import protected_spans
from humanize.text.segment import segment
from training.trainers.language_model.examples import NOTHING, question_of, tuning_example

DRAFT = "Furthermore, the bakery utilizes 12 ovens. Anna keeps the keys. The plan is robust and it works."
KEPT = "The bakery uses 12 ovens. Anna keeps the keys. The plan works."


def test_the_answer_names_the_changed_sentences_in_the_form_asked_for() -> None:
    made = tuning_example(DRAFT, KEPT)
    assert made is not None
    assert made.answer.splitlines() == ["[1 d] The bakery uses ⟦1⟧ ovens.", "[3 d] The plan works.", "END"]
    assert "[2] Anna keeps the keys." in made.prompt
    assert "You are a careful copy editor." in made.system


def test_serving_reads_the_answer_back_as_the_authors_text() -> None:
    made = tuning_example(DRAFT, KEPT)
    assert made is not None
    document = segment(DRAFT, "text")
    asked = question_of(document, protected_spans(document), RewriteOptions(language="en", format="text"))
    kept = conversation.verify_draft(asked, conversation.read_draft(asked, made.answer, origin="model"))
    assert (asked.prompt, kept.result) == (made.prompt, KEPT)


def test_a_pair_without_a_change_is_answered_with_none() -> None:
    made = tuning_example(KEPT, KEPT)
    assert made is not None
    assert made.answer == NOTHING


def test_strategy_and_level_are_part_of_the_question() -> None:
    made, other = tuning_example(DRAFT, KEPT, "casual", 5), tuning_example(DRAFT, KEPT, "academic", 1)
    assert made is not None
    assert other is not None
    assert "Tone: relaxed and direct" in made.system
    assert "How much: thorough." in made.system
    assert "Tone: scholarly and exact." in other.system
