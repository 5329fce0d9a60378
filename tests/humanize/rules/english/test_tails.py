"""Trailing participles: turned into a verb where the clause is simple and certain, left alone else."""

from __future__ import annotations

import pytest

from humanize.options import RewriteOptions
from humanize.rules.engine import rewrite
from humanize.rules.english.clause import finite_verb
from humanize.text.edits import apply
from humanize.text.protect import protected_spans
from humanize.text.segment import segment


def rewritten(text: str) -> str:
    document = segment(text, "text")
    return apply(text, rewrite(document, protected_spans(document), RewriteOptions(level=5)).edits)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The firm cut forty jobs, leaving a small staff.", "The firm cut forty jobs and left a small staff."),
        ("The bridge replaces a ferry, saving an hour.", "The bridge replaces a ferry and saves an hour."),
        ("The bands draw big crowds, creating a long queue.", "The bands draw big crowds and create a long queue."),
        ("A storm can damage the roof, causing small leaks.", "A storm can damage the roof and cause small leaks."),
        ("The road was closed, causing long delays.", "The road was closed, which caused long delays."),
        ("The hall is narrow, allowing no second row.", "The hall is narrow, which allows no second row."),
        ("In May, the mill closed, leaving no work.", "In May, the mill closed and left no work."),
        ("She stood by the gate, watching the boats.", "She stood by the gate and watched the boats."),
        (
            "As it grew dark, Anna lit the stove, humming a tune.",
            "As it grew dark, Anna lit the stove and hummed a tune.",
        ),
        ("He nods, wiping the bench.", "He nods and wipes the bench."),
        (
            "They baked bread and cakes, sharing the lot with us.",
            "They baked bread and cakes, and shared the lot with us.",
        ),
    ],
)
def test_the_tail_becomes_a_second_verb_of_its_subject(before: str, after: str) -> None:
    assert rewritten(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The bridge was closed, leaving drivers angry.", "The bridge was closed, which left drivers angry."),
        (
            "The firm did not cut jobs, leaving the staff whole.",
            "The firm did not cut jobs, which left the staff whole.",
        ),
        (
            "Students learn at home, allowing teachers to rest.",
            "Students learn at home, which allows teachers to rest.",
        ),
        (
            "The new rules have cut the queues, making it easier to park.",
            "The new rules have cut the queues, which has made it easier to park.",
        ),
        (
            "A dam will be built in May, causing long delays.",
            "A dam will be built in May, which will cause long delays.",
        ),
        (
            "The old pump broke in March, forcing us to carry water.",
            "The old pump broke in March, which forced us to carry water.",
        ),
        ("The walls are made of straw, letting the cold in.", "The walls are made of straw, which lets the cold in."),
        (
            "The village is far from the line, making each trip long.",
            "The village is far from the line, which makes each trip long.",
        ),
    ],
)
def test_the_tail_becomes_a_clause_about_the_statement(before: str, after: str) -> None:
    assert rewritten(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "The tool limits careers, creating gaps and shaping lives.",
            "The tool limits careers, creates gaps and shapes lives.",
        ),
        (
            "The roof was torn off in May, making the hall cold and giving the choir a cough.",
            "The roof was torn off in May, which made the hall cold and gave the choir a cough.",
        ),
    ],
)
def test_both_verbs_of_a_double_tail_change(before: str, after: str) -> None:
    assert rewritten(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "He said that the firm cut jobs, leaving a small staff.",
        "At noon he'd hear them on the steps, trying to rest.",
        "Donny had been tying his boots, eyeing the hills.",
        "The price of the house depends on its age, viewing it as land.",
        "Anna whispered, pointing to the door.",
        "The guide who led us smiled, opening the gate.",
        "The firm aims to cut jobs, leaving a small staff.",
        "The principles discussed on the site apply to all, providing a start.",
        "Moreover, allowing students to vote helps.",
        "They walked home, holding hands.",
    ],
)
def test_a_doubtful_tail_stays(text: str) -> None:
    assert rewritten(text) == text


@pytest.mark.parametrize(
    ("clause", "form"),
    [
        ("The mill closes in May", "third"),
        ("The mills close in May", "base"),
        ("The mill closed in May", "past"),
        ("The mill has closed", "participle"),
        ("The mill will close", "base"),
        ("The rooms are large", "base"),
    ],
)
def test_the_form_of_the_finite_verb(clause: str, form: str) -> None:
    found = finite_verb(clause)
    assert found is not None
    assert found.form == form


@pytest.mark.parametrize(
    "clause", ["", "However", "The old mill", "Close the mill", "Tom, the baker, left", "If it rains"]
)
def test_no_finite_verb_where_none_is_certain(clause: str) -> None:
    assert finite_verb(clause) is None
