"""Edits are kept or dropped sentence by sentence, also where sentences repeat word for word."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from humanize.options import RewriteOptions
from humanize.pipeline import rewrite
from humanize.pipeline.verification import keep_verified
from humanize.text.align import align
from humanize.text.edits import TextEdit, apply
from humanize.text.segment import segment
from humanize.text.stretches import edited_stretches
from tests.writers import DRAFT


def test_a_text_of_the_same_paragraph_over_and_over_keeps_the_edits_of_each() -> None:
    once = rewrite.rewrite_text(f"Part 1. {DRAFT}", RewriteOptions(language="en"))
    text = "\n\n".join(f"Part {number}. {DRAFT}" for number in range(1, 41))
    many = rewrite.rewrite_text(text, RewriteOptions(language="en"))
    assert len(once.edits) >= 3
    assert len(many.edits) >= 40 * 3
    assert many.measures.warnings == ()


@given(st.lists(st.sampled_from(["Yes. ", "We leverage it. ", "No 12 of us. ", "\n\n", "It is 3. "]), max_size=30))
def test_the_stretches_of_edits_hold_every_change_and_nothing_else(parts: list[str]) -> None:
    document = segment("".join(parts), "text")
    places = [m for m in range(len(document.text)) if document.text.startswith("leverage", m)]
    one = TextEdit(0, 8, "leverage", "use", "plain", "test")
    edits = [replace(one, start=at, end=at + 8) for at in places[::2]]
    result = apply(document.text, edits)
    found = edited_stretches(document, edits, result)
    assert sum(s.result_end - s.result_start - s.end + s.start for s in found) == -5 * len(edits)
    assert all(any(s.start <= e.start and e.end <= s.end for s in found) for e in edits)
    rebuilt, at = "", 0
    for s in found:
        rebuilt += document.text[at : s.start] + result[s.result_start : s.result_end]
        at = s.end
    assert rebuilt + document.text[at:] == result


def test_reviewed_edits_may_not_let_figures_change_places() -> None:
    text = "The team won 22 games at home in the old hall, and it lost only 17 games on the road that year."
    result = text.replace("22", "x").replace("17", "22").replace("x", "17")
    document = segment(text, "text")
    kept = keep_verified(document, align(text, result, reason="", origin="rules/x/y"), (), "en", reviewed=True)
    assert kept.result == text


def test_reviewed_edits_may_leave_out_a_whole_paragraph_with_its_blank_lines_and_no_part_of_the_gap() -> None:
    text = "The mill is old.\n\nPretty neat, right?\n\nIt has two floors."
    document = segment(text, "text")
    whole = TextEdit(18, 39, text[18:39], "", "Says nothing.", "rules/empty/hook")
    gap = TextEdit(16, 18, "\n\n", "", "Joins.", "rules/empty/hook")
    assert keep_verified(document, [whole], (), "en", reviewed=True).result == "The mill is old.\n\nIt has two floors."
    assert keep_verified(document, [gap], (), "en", reviewed=True).edits == ()
