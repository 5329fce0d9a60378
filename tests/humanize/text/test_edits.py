"""Edits: all give the result, none gives the source, any subset is well-formed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanize.text.align import align
from humanize.text.edits import EditError, TextEdit, apply, check, compose, invert, merge

TEXT = st.text(alphabet="ab c\n.é😀", max_size=40)


def edit(start: int, end: int, before: str, after: str) -> TextEdit:
    return TextEdit(start, end, before, after, "because", "rules/test/x")


@st.composite
def edited(draw: st.DrawFn, source: str | None = None) -> tuple[str, tuple[TextEdit, ...]]:
    text = draw(TEXT) if source is None else source
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return text, tuple(edit(a, b, text[a:b], draw(TEXT)) for a, b in pairs)


@given(edited(), st.data())
def test_all_none_and_any_subset(case: tuple[str, tuple[TextEdit, ...]], data: st.DataObject) -> None:
    source, edits = case
    assert apply(source, ()) == source
    subset = tuple(one for one in edits if data.draw(st.booleans()))
    check(source, subset)
    assert apply(apply(source, edits), invert(source, edits)) == source


@given(edited())
def test_merging_changes_nothing_but_the_number_of_edits(case: tuple[str, tuple[TextEdit, ...]]) -> None:
    source, edits = case
    merged = merge(source, edits)
    assert apply(source, merged) == apply(source, edits)
    assert all(left.end < right.start for left, right in pairwise(merged))


@given(edited(), st.data())
def test_composing_equals_one_after_the_other(case: tuple[str, tuple[TextEdit, ...]], data: st.DataObject) -> None:
    source, first = case
    middle = apply(source, first)
    _, second = data.draw(edited(source=middle))
    composed = compose(source, first, second)
    assert apply(source, composed) == apply(middle, second)


@given(TEXT, TEXT)
def test_alignment_gives_the_result_exactly(source: str, result: str) -> None:
    edits = align(source, result, reason="r", origin="llm/x")
    assert apply(source, edits) == result


def test_alignment_speaks_in_whole_words() -> None:
    edits = align("They utilize it daily.", "They use it every day.", reason="plainer", origin="llm/x")
    assert [(one.before, one.after) for one in edits] == [("utilize", "use"), ("daily", "every day")]
    assert {one.kind for one in edits} == {"llm/x"}


def test_alignment_leaves_distant_changes_apart() -> None:
    source = "We utilize tools in the morning. Then we leverage skills."
    edits = align(source, "We use tools in the morning. Then we use skills.", reason="r", origin="llm/x")
    assert [(one.before, one.after) for one in edits] == [("utilize", "use"), ("leverage", "use")]


@pytest.mark.parametrize(
    "edits",
    [
        [edit(0, 3, "abc", "x"), edit(2, 4, "cd", "y")],
        [edit(3, 4, "d", "x"), edit(0, 1, "a", "y")],
        [edit(0, 2, "zz", "x")],
        [edit(2, 9, "cdef", "x")],
        [edit(3, 2, "", "x")],
        [edit(2, 2, "", "x"), edit(2, 2, "", "y")],
        [edit(-1, 0, "", "x")],
    ],
)
def test_edits_that_do_not_fit_are_refused(edits: list[TextEdit]) -> None:
    with pytest.raises(EditError):
        apply("abcdef", edits)
