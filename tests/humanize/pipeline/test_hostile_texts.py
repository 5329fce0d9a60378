"""Texts nobody means well with: the pipeline answers each, loses nothing, and applies cleanly."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from humanize.options import RewriteOptions, TextFormat
from humanize.pipeline import rewrite
from humanize.text.edits import apply
from humanize.text.protect import protected_spans
from humanize.text.segment import segment

PIECES = (
    "We utilize rain in order to live. ", "Additionally, ", "it is crucial to note that ", "\r\n", "\n\n", "`utilize`",
    "[utilize](http://a.b/utilize)", "<b>", "</p>", "<!-- utilize", "-->", "<script>", "</script>", "{{utilize}}",
    "%s",
    "“", "”", '"', "'", "(", ")", "[12]", "$1,234.50 ", "3 May 2021", "👩‍👩‍👧", "e\u0301", "שלום ",
    "\u200b", "```\n", "| a |\n",
    "> ", "- ", "1. ", "# ", "---\n", "[^1]", "\\", "!", "?!", "...", " , ", "A ",
    "The road is narrow, causing delays. ",
)  # fmt: skip
FORMATS: tuple[TextFormat, ...] = ("auto", "text", "markdown", "html")


@settings(max_examples=150)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.sampled_from(FORMATS), st.integers(1, 5))
def test_any_mixture_keeps_every_protected_span_in_order(text: str, format: TextFormat, level: int) -> None:
    done = rewrite.rewrite_text(text, RewriteOptions(level=level, format=format, language="en"))
    assert apply(text, done.edits) == done.result
    at = 0
    for span in protected_spans(segment(text, done.options.format)):
        place = done.result.find(text[span.start : span.end], at)
        assert place >= 0
        at = place


@settings(max_examples=100)
@given(st.text(max_size=400), st.sampled_from(FORMATS))
def test_any_unicode_is_answered(text: str, format: TextFormat) -> None:
    done = rewrite.rewrite_text(text, RewriteOptions(level=5, format=format))
    assert apply(text, done.edits) == done.result


@pytest.mark.parametrize(
    "mark", ["<!-- ", "<code>", "[", "![", "](", "`", '"a ', "‘a ", "{{", "<a ", "1,", "Abc ", "! "]
)
def test_marks_without_end_are_left_as_they_are(mark: str) -> None:
    text = mark * 20_000
    assert rewrite.rewrite_text(text, RewriteOptions(level=5, language="en")).result == text


def test_what_stands_in_a_comment_or_in_code_is_protected_and_an_unclosed_one_is_not() -> None:
    text = "We utilize rain. <!-- utilize --> We utilize <code>utilize</code> it. The <code> tag: we utilize it."
    assert (
        rewrite.rewrite_text(text, RewriteOptions(level=5, format="html", language="en")).result.count("utilize") >= 2
    )


def test_a_sentence_does_not_come_to_open_with_a_figure() -> None:
    text = "It rained. Additionally, 3 people left the old mill."
    assert rewrite.rewrite_text(text, RewriteOptions(level=5, language="en")).result == text
