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
    ],
)
def test_the_tail_becomes_a_verb_that_agrees(before: str, after: str) -> None:
    assert rewritten(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "He said that the firm cut jobs, leaving a small staff.",
        "The firm did not cut jobs, leaving the staff whole.",
        "Students learn at home, allowing teachers to rest.",
        "The bridge was closed, leaving drivers angry.",
        "The tool limits careers, creating gaps and shaping lives.",
        "Sales rose, giving him hope.",
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
