"""No edit of any engine adds, removes or changes a line end."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from humanize.text.edits import TextEdit, apply, check
from humanize.text.line_ends import keep_line_ends

# Written out here: the product's own list is what is tried.
ENDS = ("\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\v", "\f")


def ends(text: str) -> list[str]:
    return re.findall("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]", text)


def one(source: str, before: str, after: str) -> str:
    start = source.index(before)
    edit = TextEdit(start, start + len(before), before, after, "Shorter.", "rules/test/one")
    return apply(source, keep_line_ends(source, [edit]))


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    ("source", "before", "after", "expected"),
    [
        ("He went in order|to go home.", "in order|to", "to", "He went|to go home."),
        ("He went|in order|to go home.", "in order|to", "to", "He went|to|go home."),
        ("He went in order|to go home.", "in order|", "", "He went|to go home."),
        ("It is shut.|It is old.", ".|It", "; it", "It is shut;|it is old."),
        ("because of the|  rain in it", "because of the|  rain", "for rain", "for|  rain in it"),
        ("we do|this|and that", "do|this|and", "did both of them at once and", "we did both|of them at once|and that"),
        ("The last word|", "word|", "one", "The last one|"),
        ("The last word||", "word||", "one", "The last one||"),
        ("||First words.", "||First", "The", "||The words."),
        ("A line  |and more.", "line  |and", "row and", "A row  |and more."),
    ],
)
def test_a_replacement_breaks_the_line_where_the_words_were_broken(
    source: str, before: str, after: str, expected: str, end: str
) -> None:
    source, before, expected = (text.replace("|", end) for text in (source, before, expected))
    assert one(source, before, after) == expected


@pytest.mark.parametrize(
    ("source", "before", "after"),
    [
        ("It rains.\nIn fact\nwe go.", "In fact\n", ""),  # a blank line would part the paragraph
        ("a one two\nthree four", "one two\nthree four", ""),
        ("It ends.\nHere.", "\nHere.", ""),  # the text would end with a line end
        ("x one\ntwo\nthree y", "one\ntwo\nthree", "four"),  # two line ends, one word
        ("We use a\nb now", "a\nb", "c"),
        ("one\rtwo\nthree", "two", ""),  # a carriage return and a line feed would become one line end
    ],
)
def test_an_edit_that_has_no_place_for_a_line_end_is_left_out(source: str, before: str, after: str) -> None:
    assert ends(one(source, before, after)) == ends(source)


def test_a_line_does_not_come_to_begin_like_a_list_or_a_heading() -> None:
    assert one("We take one\nof them", "one\nof", "#1 of") == "We take #1\nof them"
    assert one("We sum one\nand two of them", "one\nand two", "1 + 2") == "We sum 1 +\n2 of them"


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("after", ["x|y", "x|", "|x", "|", "x||y"])
def test_a_replacement_brings_no_line_end_of_its_own(after: str, end: str) -> None:
    assert ends(one("We use it now.", "use", after.replace("|", end))) == []


WORDS = st.sampled_from(["a", "the", "rain", "1.", "-", "#", "ends.", "[[b", "c]]"])
SPACES = st.sampled_from([" ", "  ", "\t", *ENDS, "\n\n", " \r\n\r\n", "  \n", "\n    ", "\r\n\n"])
TEXTS = st.lists(st.one_of(WORDS, SPACES), max_size=24).map("".join)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, list[TextEdit]]:
    source = draw(TEXTS)
    places = sorted(draw(st.lists(st.integers(0, len(source)), max_size=8)))
    edits: list[TextEdit] = []
    for start, end in zip(places[::2], places[1::2], strict=False):
        if edits and start == end == edits[-1].end:
            continue
        edits.append(TextEdit(start, end, source[start:end], draw(TEXTS), "", "model/any"))
    return source, edits


@settings(max_examples=600)
@given(edited())
def test_any_of_any_edits_leave_all_line_ends(given_: tuple[str, list[TextEdit]]) -> None:
    source, edits = given_
    # An edit that parts a carriage return from its line feed makes two line ends of one, so that none can be proposed.
    edits = [edit for edit in edits if not any(source[at - 1 : at + 1] == "\r\n" for at in (edit.start, edit.end))]
    kept = keep_line_ends(source, edits)
    check(source, kept)
    assert keep_line_ends(source, kept) == kept
    for size in range(len(kept) + 1):
        for chosen in combinations(kept, size):
            assert ends(apply(source, chosen)) == ends(source)


def test_many_line_ends_in_one_edit_are_placed_in_linear_time() -> None:
    source = "word\n" * 20_000 + "end"
    result = one(source, source, " ".join(["other"] * 20_001))
    assert ends(result) == ends(source)
    assert one(source, source, "\n" * 50_000) == source
