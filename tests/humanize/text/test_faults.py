"""Mechanical faults: found where they are, and silent on good prose."""

from __future__ import annotations

import pytest

from humanize.text.articles import article_for
from humanize.text.faults import faults

GOOD = [
    "He knew that that was wrong. She had had enough. It was very, very good.",
    "An hour at a university is an honour for a European, a one-off, and a user of an MBA.",
    "A NASA rover, an FBI agent, an 8-bit chip, a 7-bit chip, an 18th birthday and a UN vote.",
    "It costs 3,000.50 (about 5 %) etc., as Acme Inc., says... He left. “Really?” she asked.",
    "Run it at example.com, e.g. in v2.0, i.e. now. The grade was A and then B.",
    "Wait . . . no. Use file.txt or a.m. times, vs. the U.S. rules.",
    "“One,” he said, “and two.” (See the note.) An unimportant, unusual, unanimous and unique utility.",
]


@pytest.mark.parametrize("text", GOOD)
def test_good_prose_is_silent(text: str) -> None:
    assert [one.detail for one in faults(text)] == ["two spaces in a row"][: text.count("  ")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("It was was wrong.", "doubled_word"),
        ("The the end.", "doubled_word"),
        ("This is an good idea.", "article"),
        ("It is a hour late.", "article"),
        ("A apple fell.", "article"),
        ("One , two.", "spacing"),
        ("One two .", "spacing"),
        ("One  two.", "spacing"),
        ("It ended.Then more.", "spacing"),
        ("One,two.", "spacing"),
        ("One,, two.", "spacing"),
        ("Done.. Next.", "spacing"),
        ("( one) two.", "spacing"),
        ("It was over. then more.", "case"),
        ("One (two.", "brackets"),
        ("One ] two.", "brackets"),
        ("He said “no.", "quotes"),
        ('He said "no.', "quotes"),
    ],
)
def test_each_fault_is_found_once(text: str, kind: str) -> None:
    assert [one.kind for one in faults(text)] == [kind]


@pytest.mark.parametrize(
    ("word", "article"),
    [
        ("apple", "an"), ("hour", "an"), ("honest", "an"), ("heir", "an"), ("university", "a"), ("union", "a"),
        ("unique", "a"), ("unimportant", "an"), ("uninvited", "an"), ("unit", "a"), ("one", "a"), ("once", "a"),
        ("onion", "an"), ("European", "a"), ("user", "a"), ("usual", "a"), ("utility", "a"), ("umbrella", "an"),
        ("urgent", "an"), ("FBI", "an"), ("MBA", "an"), ("UN", "a"), ("URL", "a"), ("HTML", "an"), ("house", "a"),
        ("8", "an"), ("18", "an"), ("11", "an"), ("110", "a"), ("7", "a"), ("uranium", "a"), ("utopia", "a"),
        ("ubiquitous", "a"), ("undue", "an"), ("unanimous", "a"), ("historic", None), ("NASA", None),
    ],
)  # fmt: skip
def test_articles_go_by_sound(word: str, article: str | None) -> None:
    assert article_for(word) == article
