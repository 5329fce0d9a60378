"""Casual, professional and academic versions of a text differ in words of one register, never in facts."""

from __future__ import annotations

import pytest

from humanize.options import Register, RewriteOptions
from humanize.pipeline.rewrite import rewrite_text

MAIL = (
    "The museum does not open on Mondays. However, visitors can obtain a combined ticket prior to their visit. "
    "I am sure that you will not regret it."
)
CHAT = "We can't open on Mondays, and it's been a pain. Kids don't pay, and nobody's gonna check. We're sorry."


def by(register: Register, text: str, level: int = 5) -> str:
    return rewrite_text(text, RewriteOptions(level=level, strategy=register)).result


def test_each_register_has_its_own_words_and_forms() -> None:
    assert by("casual", MAIL) == (
        "The museum doesn't open on Mondays. But visitors can get a combined ticket before their visit. "
        "I'm sure that you won't regret it."
    )
    assert by("professional", MAIL) == (
        "The museum does not open on Mondays. However, visitors can get a combined ticket before their visit. "
        "I am sure that you will not regret it."
    )
    assert by("academic", MAIL).startswith("The museum does not open on Mondays. However, visitors can obtain ")


def test_a_chatty_text_becomes_professional() -> None:
    assert by("professional", CHAT) == (
        "We cannot open on Mondays, and it has been a pain. Children do not pay, and nobody's going to check. "
        "We are sorry."
    )


def test_no_word_changes_where_the_register_was_not_chosen() -> None:
    source = "The museum does not open on Mondays, and visitors can obtain a ticket. Kids are welcome."
    assert rewrite_text(source, RewriteOptions(level=5)).result == source


@pytest.mark.parametrize(
    "sentence",
    [
        "Nobody knows how big it is today.",
        "It is not only cheap but good, whether or not you like it.",
        "This is the house that is for sale.",
        "She asked “do not go” and we have a plan.",
        "You may come, or do not, as you like.",
        "He did not merely sleep.",
        "`do not` stays code.",
        "They work more than we have time for.",
    ],
)
def test_no_contraction_where_speech_would_have_none(sentence: str) -> None:
    result = by("casual", f"It is late, and we are tired. {sentence}")
    assert result.startswith("It's late, and we're tired. ")
    assert "'" not in result.split(". ", 1)[1]


@pytest.mark.parametrize(
    "sentence",
    [
        "Isn't it late?",
        "Why don't we go?",
        "It's finished.",
        "The dog's bowl is empty.",
        "“We can't,” he said.",
        "Let's go.",
    ],
)
def test_what_may_be_a_question_a_possessive_or_speech_is_not_written_out(sentence: str) -> None:
    assert by("academic", f"The results aren't final. {sentence}") == f"The results are not final. {sentence}"


@pytest.mark.parametrize(
    ("register", "sentence"),
    [
        ("academic", "They gave everything but money and told us a story as a whole."),
        ("academic", "He is old enough to vote, and he worked hard to deliver it."),
        ("professional", "It is that sort of thing; the super glue is really mine."),
        ("casual", "The law was established in 1900 and provides for maintenance of roads."),
        ("casual", "Quite a few people correct the initial cost."),
    ],
)
def test_a_word_in_another_sense_stays(register: Register, sentence: str) -> None:
    assert by(register, sentence) == sentence
