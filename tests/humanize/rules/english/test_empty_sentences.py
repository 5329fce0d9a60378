"""Sentences that tell the reader nothing go as a whole; what informs, asks in earnest or belongs to a letter stays."""

from __future__ import annotations

import pytest

from humanize.rules.english.empty_sentences import empty_sentences
from tests.humanize.rules.english.single_move import moved

NEWS = "The mill opens on Monday. Bring a lamp, since the stairs are dark."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"Sure! Here is a shorter version of your text:\n\n{NEWS}", NEWS),
        (f"Certainly, here's the revised email:\n\n{NEWS}", NEWS),
        (f"Here is a friendlier version:\n\n{NEWS}\n", f"{NEWS}\n"),
        (f"Great question! {NEWS}", NEWS),
        (f"{NEWS}\n\nLet me know if you'd like me to adjust the tone!", NEWS),
        (f"{NEWS} Would you like me to add a packing list?", NEWS),
        (f"{NEWS}\n\nWould you like me to make it shorter?\n", f"{NEWS}\n"),
        (f"{NEWS}\n\nI hope this helps!", NEWS),
        (f"{NEWS}\n\nFeel free to adjust the wording as you see fit.", NEWS),
        (f"Bread needs time. Let's dive in!\n\n{NEWS}", f"Bread needs time.\n\n{NEWS}"),
        (f"The lamp lasts a night. Pretty neat, right?\n\n{NEWS}", f"The lamp lasts a night.\n\n{NEWS}"),
        (f"The lamp is cheap. But that's not all! {NEWS}", f"The lamp is cheap. {NEWS}"),
        (
            "Dear Anna,\n\nI hope this email finds you well. The mill opens on Monday.\n\nKind regards\nTom",
            "Dear Anna,\n\nThe mill opens on Monday.\n\nKind regards\nTom",
        ),
        ("**Ready to get started? Order a lamp today.**", "**Order a lamp today.**"),
        (f"{NEWS} Only time will tell.", NEWS),
        (f"{NEWS} The possibilities are endless.", NEWS),
        (
            "Ever wondered why bread goes stale? Bread loses water to the air, and its starch turns hard.",
            "Bread loses water to the air, and its starch turns hard.",
        ),
    ],
)
def test_a_sentence_that_says_nothing_goes(before: str, after: str) -> None:
    assert moved(empty_sentences, before) == after


@pytest.mark.parametrize(
    "text",
    [
        "Dear Anna,\n\nThe mill opens on Monday. Would you like me to book a table?\n\nKind regards\nTom",
        "Hi Tom, the lamp is broken. Let me know if you want me to change it.\n\nBest\nAnna",
        "The lamp is broken. Let me know if you can come on Friday.",
        "Sure! We will be there at noon with the rope and the lamp.",
        "Here is the list of rooms:\n\n- the hall\n- the barn",
        "Here's why:\n\n- The roof leaks.\n- The stairs are dark.",
        "Only time will tell whether the roof holds. We will look again in May.",
        "Let's dive into the river. It is warm enough.",
        "“Guess what? We won,” she said, and he laughed.",
        "The future of the mill looks bright to its owner. He has bought the barn as well.",
        "Have you ever wondered why? It is because of the rain.",
        "She asked whether he was ready to get started. He was not.",
        "I hope this letter finds its way to the house. The post is slow.",
        "Would you like me to add a packing list?",
        "- Let's dive in!\n- Let's explore!",
        "Is there anything else that I can do for the mill? I asked the owner. She said no. It was late.",
    ],
)
def test_what_informs_or_asks_in_earnest_stays(text: str) -> None:
    assert moved(empty_sentences, text) == text


def test_a_cut_paragraph_leaves_no_hole_of_blank_lines() -> None:
    text = "The mill is old.\r\n\r\nLet's dive in!\r\n\r\nIt has two floors.\r\n"
    assert moved(empty_sentences, text) == "The mill is old.\r\n\r\nIt has two floors.\r\n"
