"""Text of Word files that looks like Markdown stays text: read back by a CommonMark parser, and as exact examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from humanize.options import RewriteOptions
from humanize.pipeline.rewrite import rewrite_text
from humanize.text.protect import protected_spans
from humanize.text.segment import segment
from humanize.uploads.word_process import word_text
from tests.humanize.uploads.word_files import cell, item, paragraph, row, run, styled, table, word

_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_LOOKS = ("", "<w:b/>", "<w:i/>", "<w:strike/>", "<w:b/><w:i/>")
_MARKS = {"strong_open": "<w:b/>", "em_open": "<w:i/>", "s_open": "<w:strike/>"}
_TEXT = st.text(st.sampled_from("ab1 *_~`\\[]()<>!#+-=.|&;:/\"' é“"), min_size=1, max_size=12)
_RUNS = st.lists(st.tuples(_TEXT, st.sampled_from(_LOOKS)), min_size=1, max_size=5)
_CONTAINERS: dict[str, Callable[[str], str]] = {
    "paragraph": paragraph,
    "heading": lambda content: styled("berschrift1", content),
    "item": lambda content: item(content, 1),
    "quote": lambda content: styled("Zitat", content),
    "cell": lambda content: table(row(cell(paragraph(content)), cell(paragraph(run("z"))))),
}


def shown(tokens: list[Token], marks: tuple[str, ...] = ()) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each character that a reader of the Markdown sees, with its emphasis."""
    for token in tokens:
        if token.type in _MARKS:
            marks = (*marks, _MARKS[token.type])
        elif token.type.endswith("_close") and token.type.replace("close", "open") in _MARKS:
            marks = marks[:-1]
        elif token.children is not None:
            yield from shown(token.children)
        elif token.type in {"softbreak", "hardbreak"}:
            yield "\n", frozenset()
        else:
            yield from ((one, frozenset(marks)) for one in token.content)


def letters(runs: list[tuple[str, str]]) -> list[tuple[str, frozenset[str]]]:
    return [(one, frozenset(mark for mark in _MARKS.values() if mark in look)) for text, look in runs for one in text]


@given(_RUNS, st.sampled_from(list(_CONTAINERS)))
@example([("2*3*4 and 5*6*7", "")], "paragraph")
@example([("\\", ""), ("1", "<w:b/>")], "paragraph")
@example([("1 *", "<w:b/>")], "paragraph")
@example([("~", "<w:strike/>")], "paragraph")
@example([("***", "")], "paragraph")
@example([("~~~", ""), ("1~~~", "")], "paragraph")
@example([("a ", ""), ("*b*", "<w:b/>"), ("c", "")], "paragraph")
def test_a_parser_of_markdown_reads_the_text_of_the_file(runs: list[tuple[str, str]], container: str) -> None:
    content = "".join(run(escape(text), look) for text, look in runs)
    text, _ = word_text(word(_CONTAINERS[container](content)))
    seen = list(shown(_PARSER.parse(text)))
    if container == "cell":
        seen = seen[:-1]  # the second column's letter
    expected = letters(runs)
    assert "".join(one for one, _ in seen).strip() == "".join(one for one, _ in expected).strip(), text
    allowed = iter(one for one in expected if not one[0].isspace())
    for character, marks in (one for one in seen if not one[0].isspace()):
        read, look = next(allowed)
        assert character == read
        # An emphasis that Markdown cannot show may be missing, and bold is left out of headings. None is made up.
        assert marks <= look, text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2*3*4", "2\\*3\\*4"),
        ("5 * 3 is 15", "5 * 3 is 15"),
        ("snake_case and __init__", "snake_case and \\_\\_init__"),
        ("[x](y) and [12] and [a]", "\\[x\\](y) and [12] and [a]"),
        ("[^1] is not a note", "\\[^1] is not a note"),
        ("[a]: b", "\\[a\\]: b"),
        ("# not a heading", "\\# not a heading"),
        ("#1 of them", "#1 of them"),
        ("1. not an item", "1\\. not an item"),
        ("2019) too", "2019\\) too"),
        ("1.5 litres", "1.5 litres"),
        ("- nor this", "\\- nor this"),
        ("-5 degrees", "-5 degrees"),
        ("> nor this", "\\> nor this"),
        ("---", "\\---"),
        ("a `b` c", "a \\`b\\` c"),
        ("~~a~~ about ~5", "\\~\\~a\\~\\~ about ~5"),
        ("<b> but 1 < 2", "\\<b> but 1 < 2"),
        ("&amp; but R&D", "\\&amp; but R&D"),
        ("C:\\_new and C:\\new", "C:\\\\\\_new and C:\\new"),
        ("https://example.org/a_b*c*d_e", "https://example.org/a_b*c*d_e"),
        ("a | b", "a | b"),
    ],
)
def test_only_what_markdown_would_read_gets_a_backslash(text: str, expected: str) -> None:
    assert word_text(word(paragraph(run(escape(text)))))[0] == f"{expected}\n"


def test_a_table_typed_with_breaks_is_not_one() -> None:
    lines = "<w:r><w:t>a | b</w:t><w:br/><w:t>--- | ---</w:t><w:br/><w:t>1. c</w:t></w:r>"
    assert word_text(word(paragraph(lines)))[0] == "a | b  \n\\--- | ---  \n1\\. c\n"


def test_a_rewrite_keeps_the_backslashes_and_shows_none_as_an_edit() -> None:
    words = "2*3*4 is `not` a sign; [x](y) helps in order to win, # too."
    text = word_text(word(paragraph(run(words))))[0]
    rewritten = rewrite_text(text, RewriteOptions(level=5, format="markdown", language="en"))
    assert [(edit.before, edit.after) for edit in rewritten.edits] == [("in order to", "to")]
    assert rewritten.result == "2\\*3\\*4 is \\`not\\` a sign; \\[x\\](y) helps to win, # too.\n"


def test_an_escaped_sign_is_protected_and_begins_neither_code_nor_a_target() -> None:
    text = "so \\`we utilize\\` a \\[b\\](c) and `d`"
    spans = [(span.kind, text[span.start : span.end]) for span in protected_spans(segment(text, "markdown"))]
    assert spans == [("code", "\\`"), ("code", "\\`"), ("code", "\\["), ("code", "\\]"), ("code", "`d`")]
