"""Signposts and lists of three are thinned to what people write, never swept away."""

from __future__ import annotations

import pytest

from humanize.rules.english.signposts import thinned_signposts
from humanize.rules.english.triads import cut_triads
from tests.humanize.rules.english.single_move import moved


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "Moreover, it rained. Furthermore, it was cold. Additionally, the lamp broke.",
            "Moreover, it rained. It was cold. The lamp broke.",
        ),
        ("In conclusion, we lost. Overall, it was fun.", "In conclusion, we lost. It was fun."),
        ("In addition, tea is cheap. In addition, it is good.", "In addition, tea is cheap. It is good."),
    ],
)
def test_the_first_signpost_of_a_kind_stays(before: str, after: str) -> None:
    assert moved(thinned_signposts, before) == after


@pytest.mark.parametrize(
    "text",
    [
        "Moreover, it rained. In conclusion, we lost.",
        "Ultimately, the choice is hers.",
        "Furthermore the lamp broke. Moreover the rain came in.",
    ],
)
def test_a_single_signpost_stays(text: str) -> None:
    assert moved(thinned_signposts, text) == text


def test_a_long_text_may_have_more_signposts() -> None:
    text = "Moreover, it rained. " + "We walked home in the rain and made tea. " * 60 + "Moreover, it was cold."
    assert moved(thinned_signposts, text) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The staff were warm, welcoming, and quick.", "The staff were warm and quick."),
        ("The text is clear, concise, and compelling.", "The text is clear and concise."),
        ("It took dedication, commitment, and skill.", "It took dedication and skill."),
        ("The path is quiet, shady, and silent.", "The path is quiet and shady."),
        ("The bridge is safe, secure, or closed.", "The bridge is safe or closed."),
        ("A fast, quick, and cheap repair will do.", "A fast and cheap repair will do."),
        ("Her speech was short, dynamic, and honest.", "Her speech was short and honest."),
        ("They spoke of joy, happiness, and work.", "They spoke of joy and work."),
        ("The lamp is strong, sturdy, and light.", "The lamp is strong and light."),
        ("A cheap, meaningful, and old custom lives on.", "A cheap and old custom lives on."),
    ],
)
def test_a_list_of_three_is_cut_to_what_informs(before: str, after: str) -> None:
    assert moved(cut_triads, before) == after


@pytest.mark.parametrize(
    "text",
    [
        "The engine is fast, efficient, and reliable.",
        "Bring bread, milk, and rope.",
        "Anna, Tom, and Ilse were there.",
        "It was warm, dry, welcoming, and quick.",
        "The staff were welcoming, quick, and committed to the mill.",
        "The work was honest, hard, and meaningful to them.",
        "The three words are: joy, happiness, and work.",
        "Meaningful, vibrant, and dynamic.",
        "Choose from warm, cold, and hot water.",
        "We met in spring, summer, and autumn.",
    ],
)
def test_a_list_that_informs_stays(text: str) -> None:
    assert moved(cut_triads, text) == text
