"""Drum rolls are said straight; questions that somebody asks stay questions."""

from __future__ import annotations

import pytest

from humanize.rules.english.hooks import straight_hooks
from tests.humanize.rules.english.single_move import moved


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("We are two now. The result? A shorter queue.", "We are two now. The result is a shorter queue."),
        ("We were tired and had no map. The plan? A nap.", "We were tired and had no map. The plan was a nap."),
        ("It is a long play. The acting? Dreadful.", "It is a long play. The acting is dreadful."),
        ("We have one wish. The goal? To mend the roof.", "We have one wish. The goal is to mend the roof."),
        ("It folds. The best part? It is also cheap.", "It folds. It is also cheap."),
        ("It folds. And the best part? You can wash it.", "It folds. You can wash it."),
        ("The choir sang. My solo? It went well.", "The choir sang. My solo went well."),
        ("But here's the catch: the road is closed.", "But the road is closed."),
        ("Here's the kicker – the lamp was free.", "The lamp was free."),
        ("And let's be honest—nobody reads the label.", "And nobody reads the label."),
        ("The truth is, the roof leaks.", "The roof leaks."),
        ("Have any questions? Ask the cook.", "If you have any questions, ask the cook."),
        ("Need help with the form? Our desk is open.", "If you need help with the form, our desk is open."),
    ],
)
def test_a_drum_roll_is_said_straight(before: str, after: str) -> None:
    assert moved(straight_hooks, before) == after


@pytest.mark.parametrize(
    "text",
    [
        "The result? We shall see.",
        "Is it the food? The music? The light?",
        "What is the result? A shorter queue.",
        "The result? Nobody knows it yet, and who would ask?",
        "“The plan? A nap,” he said.",
        "The verdict is in. Guilty.",
        "Here's the thing you asked for: a lamp.",
        "Here's the truth about bread.",
        "The truth is that we were late.",
        "Have you questions? Ask the cook.",
        "Have questions ever helped? Ask the cook.",
        "Need I say more? The roof fell in.",
        "Let's be honest with the owner.",
    ],
)
def test_other_questions_and_statements_stay(text: str) -> None:
    assert moved(straight_hooks, text) == text
