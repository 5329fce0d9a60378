"""Asides in brackets, contractions written out, contrasts and relatives: what is proposed and what is left."""

from __future__ import annotations

import pytest

from humanize.pipeline.revision_engine import prepare
from humanize.revision.asides import asides
from humanize.revision.contractions import written_out_contractions
from humanize.revision.placement import Place
from humanize.revision.structure import contrasts, relatives
from humanize.text.edits import apply


def _place(text: str) -> Place:
    draft = prepare(text)
    return Place(draft.tokens, draft.closed)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "Many crops, such as oats and barley, need little rain.",
            "Many crops (such as oats and barley) need little rain.",
        ),
        (
            "They grow many crops, including oats, rye, and beans.",
            "They grow many crops (including oats, rye, and beans).",
        ),
        ("The mill—an old one by the canal—was sold.", "The mill (an old one by the canal) was sold."),
        ("The mill was sold—it was too small for them.", "The mill was sold; it was too small for them."),
    ],
)
def test_an_aside_moves_into_brackets(before: str, after: str) -> None:
    assert apply(before, tuple(asides(_place(before)))) == after


@pytest.mark.parametrize(
    "text",
    [
        "The plan helps many, including staff, suppliers, buyers and neighbours.",  # a list is not cut in its middle
        "They visited towns, including Leeds and York, that summer.",  # names are protected
        "Some crops (not all), such as oats, need little rain.",
        "Rules—such as they are—and habits differ.",
        "Go home—now.",
    ],
)
def test_what_cannot_stand_in_brackets_stays(text: str) -> None:
    assert list(asides(_place(text))) == []


def test_contractions_are_written_out_in_a_text_that_speaks_to_nobody() -> None:
    text = "It's a dry land that doesn't feed many. There's no river, and the wells aren't deep."
    written = "It is a dry land that does not feed many. There is no river, and the wells are not deep."
    assert apply(text, tuple(written_out_contractions(_place(text)))) == written


@pytest.mark.parametrize(
    "text",
    [
        "Wow, it's a dry land that doesn't feed many!",  # chatty
        "He said it's late. She knew he didn't care, and she left him.",  # a story
        "The town lost it's mayor.",  # "its" is meant
        "Isn't it a dry land? The wells aren't.",  # a question; nothing follows
        "It's been a dry year, and he's gone.",  # has, not is
    ],
)
def test_a_voice_and_what_may_be_meant_otherwise_stay(text: str) -> None:
    assert list(written_out_contractions(_place(text))) == []


def test_while_of_contrast_becomes_but_and_while_of_time_stays() -> None:
    text = "While the road is short and well kept, it is steep."
    assert apply(text, tuple(contrasts(_place(text)))) == "The road is short and well kept, but it is steep."
    assert list(contrasts(_place("While the baker was sleeping upstairs, the oven went out."))) == []


def test_a_conclusion_is_tied_with_which() -> None:
    text = "The road was closed for a week. This led to long delays."
    assert apply(text, tuple(relatives(_place(text)))) == "The road was closed for a week, which led to long delays."
    assert list(relatives(_place("The road was closed. This road is old."))) == []
