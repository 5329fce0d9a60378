from __future__ import annotations

import textwrap

import pytest

from humanize.scoring import score, sentence_scores
from humanize.scoring.prose import prose_of
from humanize.text.segment import segment

PROSE = (
    "The ferry leaves at six, and by half past five the quay is full of people who do not look at one another. I sat "
    "on the wall with my bag between my feet and counted the gulls. My uncle says the old boat was slower, that you "
    "could drink two coffees on the way over and still have time to quarrel with the captain about the weather."
)
SONG = """The kettle sings, the floor is cold,
the letters lie unread,
and every word that I was told
sits down and shares my bed

Oh bring me in, oh bring me home
the road is long and wet
and all the doors I called my own
have not been opened yet"""


@pytest.mark.parametrize(
    ("block", "left_out"),
    [
        ("```\nx = 1\nprint(x)\n```", {"code": 3}),
        ("| name | age |\n| --- | --- |\n| Ida | 41 |", {"table": 4}),
        ("- two eggs\n- a cup of flour", {"list_item": 6}),
        ("# What we found", {"heading": 3}),
        ("> He said that it would rain.", {"quote": 6}),
        (SONG, {"verse": 51}),
        ("**Date:** 12 May\n**Place:** the town hall\n**Present:** Ida, Jo", {"data": 10}),
    ],
)
def test_what_is_not_prose_is_left_out_and_counted(block: str, left_out: dict[str, int]) -> None:
    text = f"{PROSE}\n\n{block}\n\n{PROSE}\n"
    found = prose_of(text, segment(text, "markdown"))
    assert found.text == f"{PROSE}\n{PROSE}"
    assert found.left_out == left_out
    assert [text[span.start : span.end] for span in found.spans] == [PROSE, PROSE]


def test_prose_in_wrapped_lines_stays_prose() -> None:
    wrapped = textwrap.fill(PROSE, 60)
    assert prose_of(wrapped).left_out == {}
    assert score(wrapped).ai_likeness == score(PROSE).ai_likeness


def test_speech_on_lines_of_its_own_is_prose() -> None:
    speech = "“Are you coming?”\n“No.”\n“Why not?”\n“Because it rains, and you know it.”\nShe shut the door."
    assert prose_of(speech).left_out == {}


def test_a_song_gets_no_score_and_the_reason_is_given() -> None:
    found = score(f"{SONG}\n\n{SONG}")
    assert (found.ai_likeness, found.band, found.no_score_reason) == (None, "none", "too_little_prose")
    assert (found.prose_words, found.left_out) == (0, {"verse": 102})
    assert score("Too short.").no_score_reason == "too_short"
    assert score(PROSE, language="fr").no_score_reason == "language"


def test_what_surrounds_the_prose_does_not_move_its_score() -> None:
    listed = f"# A day\n\n{PROSE}\n\n- crucial synergies\n- a robust tapestry of innovation\n"
    assert score(listed).ai_likeness == score(PROSE).ai_likeness
    assert score(listed, segment(listed)).ai_likeness == score(PROSE).ai_likeness


def test_sentences_outside_the_prose_are_undecided() -> None:
    text = f"# A rather long heading about the ferry\n\n{PROSE}\n\n- a robust tapestry of innovation and of growth\n"
    weights = [one.weight for one in sentence_scores(text, segment(text, "markdown"))]
    assert [weights[0], weights[-1]] == [0.5, 0.5]
    assert all(weight != 0.5 for weight in weights[1:-1])
