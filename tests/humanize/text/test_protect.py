"""What is protected, kind by kind, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanize.text.protect import protected_spans
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


def test_a_phrase_is_found_over_line_ends_and_as_long_as_a_paragraph() -> None:
    assert found("A robust\r\n  framework.", "robust framework") == [("user", "robust\r\n  framework")]
    assert found("A Robust framework.", "ROBUST\nFRAMEWORK") == [("user", "Robust framework")]
    assert found("Straße und STRASSE, naïve.", "strasse", "NAÏVE") == [("user", "STRASSE"), ("user", "naïve")]
    assert found("Wait (and see) here.", "(and see)") == [("user", "(and see)")]
    long = "one two three " * 140 + "end"
    assert found(f"So: {long} it.", long) == [("user", long)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Keep [[robust framework]] and [[it]].", ["[[robust framework]]", "[[it]]"]),
        ("Keep [[robust\r\n\r\nframework]] here.", ["[[robust\r\n\r\nframework]]"]),
        ("Keep [[see [them] both]] and [[[more]]] here.", ["[[see [them] both]]", "[[[more]]]"]),
        ("See [[Page|label]] and ![[picture]].", ["[[Page|label]]", "[[picture]]"]),
        ("No [[ marks ] here, nor ]] here, nor [] or [[]].", []),
        ("An [[ open one, then [[closed]] later.", ["[[closed]]"]),
        ("Between `[[` and `]]` all is prose.", []),
        ("In `df[[x]]` or\n\n```\ndf[[x]]\n```\n\nor\n\n    df[[x]]\n\nnothing.", []),
        ("In [a [[link]] text](http://x.org) and [[ref]][a].", []),
        ("In <code>[[x]]</code>, <a href='[[x]]'>[[x]]</a>, [[out]].", ["[[out]]"]),
        ("[a]: http://x.org/[[b]]\n\nText [[c]].", ["[[c]]"]),
        ("[[" + "a" * 1_996 + "]]", ["[[" + "a" * 1_996 + "]]"]),
        ("[[" + "a" * 1_997 + "]]", []),
    ],
)  # fmt: skip
def test_what_stands_in_double_brackets_in_prose_is_protected_with_them(text: str, expected: list[str]) -> None:
    assert [piece for kind, piece in found(text) if kind == "user"] == expected


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
