"""What is protected, kind by kind, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanize.text.protect import protected_spans, strip_marks
from humanize.text.segment import segment


def found(text: str, *phrases: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in protected_spans(segment(text), phrases)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rose by 3–5 % to $4.2 million.", [("number", "3–5 %"), ("number", "$4.2 million")]),
        ("About 1,200.50 or 10^6 of them.", [("number", "1,200.50"), ("number", "10^6")]),
        ("It took 26.2 miles in 3 hours.", [("number", "26.2 miles"), ("number", "3 hours")]),
        ("The 1990s and the 20th century.", [("number", "1990s"), ("number", "20th century")]),
        ("Signed on 3 March 2021 at 5 p.m. sharp.", [("date", "3 March 2021"), ("date", "5 p.m.")]),
        ("Seen in May 2020, on 2021-03-04.", [("date", "May 2020"), ("date", "2021-03-04")]),
        ("As shown [12] and [3, 4].", [("citation", "[12]"), ("citation", "[3, 4]")]),
        ("So they say (Smith et al., 2020; Doe 2019).", [("citation", "(Smith et al., 2020; Doe 2019)")]),
        ("As noted.[^1] More.", [("citation", "[^1]")]),
        ("Visit https://example.com/a?b=c. Or not.", [("url", "https://example.com/a?b=c")]),
        ("Mail me@x.org now.", [("email", "me@x.org")]),
        ("Run `pip install` first.", [("code", "`pip install`")]),
        ("Dear {{name}}, take %s.", [("placeholder", "{{name}}"), ("placeholder", "%s")]),
        ("It is ${x} now.", [("placeholder", "${x}")]),
        ("He said “we can do it” and left.", [("quotation", "“we can do it”")]),
        ('He said "we can do it" and left.', [("quotation", '"we can do it"')]),
        ("They called it 'a small win' then.", [("quotation", "'a small win'")]),
        ("See [the page](http://x.org/a) there.", [("link_target", "(http://x.org/a)")]),
        ("A <b class='x'>bold</b> move &amp; more.", [("html", "<b class='x'>"), ("html", "</b>"), ("html", "&amp;")]),
        ("We met Jane Smith of the University of Leeds.", [("name", "Jane Smith of the University of Leeds")]),
        ("The new iPhone by OpenAI and NASA.", [("name", "iPhone"), ("name", "OpenAI"), ("name", "NASA")]),
        ("Paris is nice. We love Paris.", [("name", "Paris"), ("name", "Paris")]),
        ("Organizations must act. However, I think so.", []),
        ("It isn't the students' fault; they're 'bout done.", []),
    ],
)  # fmt: skip
def test_spans_by_kind(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_a_writers_phrases_are_protected_as_whole_words_in_any_case() -> None:
    assert found("Leverage the lever. LEVERAGE!", "leverage") == [("user", "Leverage"), ("user", "LEVERAGE")]
    assert found("nothing here", "", "  ") == []


def test_marks_are_taken_off_and_their_phrases_remembered() -> None:
    assert strip_marks("Keep [[robust framework]] and [[it]], [[it]].") == (
        "Keep robust framework and it, it.",
        ("robust framework", "it"),
    )
    assert strip_marks("No [[ marks ] here") == ("No [[ marks ] here", ())


@given(st.text(alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("([{\"'“`<$%@.1A "))))
def test_spans_are_sorted_apart_and_inside(text: str) -> None:
    ends = [0]
    for span in protected_spans(segment(text), ("a",)):
        assert ends[-1] <= span.start < span.end <= len(text)
        ends.append(span.end)


@pytest.mark.parametrize(
    "unit", ["(", "[", "*", "`", '"', "'", "<", "{", "1", "A", ".", "-", "@", "$", " ", "a.", "( ", "A "]
)
def test_hostile_repetition_ends(unit: str) -> None:
    text = (unit * 50_000)[:50_000]
    assert len(protected_spans(segment(text))) <= len(text)
