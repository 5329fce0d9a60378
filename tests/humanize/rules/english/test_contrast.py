"""“Not just X but Y” becomes “X and Y”; whatever denies something stays."""

from __future__ import annotations

import pytest

from humanize.rules.english.contrast import plain_contrasts
from tests.humanize.rules.english.single_move import moved


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The soup is not only hot but also cheap.", "The soup is hot and cheap."),
        ("It not only saves time but cuts waste.", "It saves time and cuts waste."),
        ("The hall is not just a theatre, but a school.", "The hall is a theatre and a school."),
        ("This isn't just a lamp; it's a heater.", "This is a lamp and a heater."),
        ("The hall is not just a theatre. It is a school.", "The hall is a theatre and a school."),
        ("We're not just selling bread—we're baking it.", "We're selling bread and baking it."),
        ("It is not merely about money; it is about time.", "It is about money and about time."),
        ("These were not simply cooks; they were teachers.", "These were cooks and teachers."),
        ("The club helps not only with forms but with rent.", "The club helps with forms and with rent."),
        (
            "The plan is not only cheap and quick but also safe.",
            "The plan is cheap and quick, and safe.",
        ),
        ("They will not only mend the roof but also paint it.", "They will mend the roof and paint it."),
    ],
)
def test_a_contrast_that_denies_nothing_is_said_straight(before: str, after: str) -> None:
    assert moved(plain_contrasts, before) == after


@pytest.mark.parametrize(
    "text",
    [
        "It's not a theatre; it's a school.",
        "The meeting isn't on Monday, it's on Tuesday.",
        "Not only did it rain, but it also snowed.",
        "We don't sell to just anyone; we know our guests.",
        "They're not just handing it out to anyone. They're looking for cooks.",
        "I have not just one but two lamps.",
        "The glass is not just half empty but broken.",
        "It is not only that he was late, but he was rude.",
        "She is not just tired. He is a cook.",
        "This is not just a lamp; it's glowing.",
        "It was not only cold, wet, and dark, but also late.",
        "He was not only the cook but he also drove.",
        "The soup is not hot but cheap.",
    ],
)
def test_a_real_denial_or_an_uneven_pair_stays(text: str) -> None:
    assert moved(plain_contrasts, text) == text
