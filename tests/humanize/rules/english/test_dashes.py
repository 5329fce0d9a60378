"""Dashes of prose become commas, stops, colons, brackets or nothing; all other dashes stay."""

from __future__ import annotations

import pytest

from humanize.rules.english.dashes import recast_dashes
from tests.humanize.rules.english.single_move import moved


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The soup was hot—but it had no salt.", "The soup was hot, but it had no salt."),
        ("We left the house at noon—it had begun to rain.", "We left the house at noon. It had begun to rain."),
        ("The shop sells three things—bread, milk, and rope.", "The shop sells three things: bread, milk, and rope."),
        ("She works slowly – like a clockmaker.", "She works slowly like a clockmaker."),
        ("The old mill—a brick hall—was shut.", "The old mill, a brick hall, was shut."),
        (
            "The inn – small, cheap, and clean – was full on Friday.",
            "The inn (small, cheap, and clean) was full on Friday.",
        ),
        (
            "When he laughed—a rare, loud sound—his dog barked.",
            "When he laughed (a rare, loud sound), his dog barked.",
        ),
        ("He is never late for work—a rare quality.", "He is never late for work, which is a rare quality."),
        ("The road ends at the river—and the village.", "The road ends at the river, and the village."),
        ("They found the key in the end—in a biscuit tin.", "They found the key in the end in a biscuit tin."),
        (
            "- **Quiet motor** – It hums.\n- **Light frame** – It folds.",
            "- **Quiet motor**: It hums.\n- **Light frame**: It folds.",
        ),
        ("The pump is loud—the neighbours have complained.", "The pump is loud. The neighbours have complained."),
        ("I like the place, but trust me—it is expensive.", "I like the place, but trust me, it is expensive."),
    ],
)
def test_a_dash_of_prose_becomes_the_mark_that_the_sentence_needs(before: str, after: str) -> None:
    assert moved(recast_dashes, before) == after


@pytest.mark.parametrize(
    "text",
    [
        "The office is open 9–17 on weekdays.",
        "The train from Porto – Lisbon was late.",
        "The café—",
        "“I was only—” he began, and stopped.",
        "– Bring the rope.\n– Bring the lamp.",
        "Be kind to the cook.\n— Anna Berg",
        "# The mill — a history of bread",
        "Acting: 6/10 – Some good scenes.",
        "**Green – All is well**",
        "Subject: Your order – Case 12",
        "The A—B line is closed.",
        "We waited—and waited—and waited—until dark.",
        "If it rains—the roof is old.",
        "He said “the door—the blue one—is shut” and left.",
    ],
)
def test_other_dashes_stay(text: str) -> None:
    assert moved(recast_dashes, text) == text


def test_a_long_text_keeps_the_dashes_that_people_set() -> None:
    text = "The soup was hot—but it had no salt. " + "We walked home in the rain and made tea. " * 230
    assert moved(recast_dashes, text) == text


def test_an_aside_of_two_dashes_is_one_edit() -> None:
    text = "The old mill—a brick hall—was shut, and the barn—a timber hall—was open."
    assert moved(recast_dashes, text) == text
