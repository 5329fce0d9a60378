"""The independent counter finds what it is there to find."""

from __future__ import annotations

import pytest

from benchmarks.rewrite.independent import changed_facts, new_slips


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        ("It cost $5.50 in May.", "It cost $5.05 in May.", {"number"}),
        ("See https://a.b/c now.", "See https://a.b now.", {"url"}),
        ('He said "go home" twice.', 'He said "go away" twice.', {"quote"}),
        ("We met Ann Lee there.", "We met Ann there.", {"name"}),
        ("Run `x = 1` first.", "Run `x = 2` first.", {"code", "number"}),
        ("As shown [12] it works.", "As shown it works.", {"citation", "number"}),
        ("It does not work.", "It works.", {"negation"}),
        ("The mill is old.", "The old mill.", set()),
    ],
)
def test_a_changed_fact_is_seen(before: str, after: str, kinds: set[str]) -> None:
    assert {kind for kind, _ in changed_facts(before, after)} == kinds


@pytest.mark.parametrize(
    ("after", "kind"),
    [
        ("The the mill is old.", "doubled word"),
        ("It is a old mill.", "article"),
        ("It is  old.", "two spaces"),
        ("It is old , very.", "space before a mark"),
        ("It is old,, very.", "stray marks"),
        ("It is old!.", "stray marks"),
        ("It was old. it fell.", "small start"),
        ("It is (old.", "unbalanced"),
    ],
)
def test_a_new_slip_is_seen(after: str, kind: str) -> None:
    assert kind in {found for found, _ in new_slips("The mill is old.", after)}


def test_a_slip_of_the_source_is_not_new() -> None:
    assert not new_slips("It is a old mill.", "It is a old inn.")
