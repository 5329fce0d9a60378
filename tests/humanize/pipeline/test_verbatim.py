"""The author's text comes back: brackets, line ends and all else that no edit touches, whatever is decided."""

from __future__ import annotations

import random
import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from humanize.options import TextFormat
from humanize.pipeline.chunks import cut
from humanize.pipeline.rewrite import Rewrite, rewrite_text
from humanize.text.edits import apply
from humanize.text.protect import protected_spans
from humanize.text.segment import segment
from humanize.validation import check_options

FORMATS: tuple[TextFormat, ...] = ("auto", "text", "markdown", "html")
LANGUAGES = ("auto", "en", "de", "fr", "ja")
WORDY = "Furthermore, it is important to note that we leverage robust tools in order to win."
# Code and links in which brackets mean nothing to us, and marks and their ruins in prose.
CODE = (
    '`df[["a"]]`', "`[[`", "`]]`", '``x[["`"]]``', "`if [[ -f x ]]; then`", "<code>a[[1]]</code>",
    '```\nframe = df[["a", "b"]]\n```', "    indented = m[[0]][[1]]", "~~~r\nlst[[\"k\"]]\n~~~", "$a_{[[i]]}$",
)  # fmt: skip
LINKS = (
    "[see [[this]] page](http://x.org/a)", "[[1]](http://x.org)", "[a](http://x.org/[[b]])", "![[[x]]](i.png)",
    "[[Wiki page]]", "[[Wiki page|its name]]", "![[embedded.png]]", "[ref]: http://x.org/[[a]]", "[[a]][b]", "[^1]",
)  # fmt: skip
MARKS = (
    "[[leverage robust tools]]", "[[in order to]]", "[[ utilize ]]", "[[[leverage]]]", "[[a [utilize] b]]", "[[ open",
    "closed ]]", "[[]]", "]][[", "[[[[", "]]]]", "[[We leverage\nrobust tools]]", "[[日本語]]", "[[It is important.]]",
)  # fmt: skip
PROSE = (
    WORDY, "We utilize rain.", "It rained. However, it is crucial to note that roads were\nclosed.", "- item ",
    "# A Heading\n", "> quoted\n", "| a | b |\n|---|---|\n| [[c]] | in order to |\n", "Es ist wichtig.", "雨が降った。",
    "The plan plays a pivotal role\nin our work. It is old.",
)  # fmt: skip
ENDS = ("\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\u2028", "\u2029", "\x85", "\v", "\f", "  \n", "\n\n\n", " ", " ", " ")
PIECES = st.sampled_from((*CODE, *LINKS, *MARKS, *PROSE, *PROSE, *ENDS, *ENDS, "\ufeff", "\t", "\u00a0"))
TEXTS = st.lists(PIECES, max_size=18).map("".join)


def ends(text: str) -> list[str]:
    return re.findall("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]", text)


def after_last_word(text: str) -> str:
    return text[len(text.rstrip()) :]


def check_verbatim(text: str, done: Rewrite, chance: random.Random) -> None:
    """Every subset of edits that a writer may take: none, all, and some at random."""
    assert done.source == text
    assert apply(text, ()) == text
    assert apply(text, done.edits) == done.result
    chosen = [[edit for edit in done.edits if chance.random() < 0.5] for _ in range(4)]
    for edits in ([], list(done.edits), *chosen):
        result = apply(text, edits)
        assert ends(result) == ends(text)
        assert result.count("[[") == text.count("[[")
        assert result.count("]]") == text.count("]]")
        assert after_last_word(result) == after_last_word(text)
        assert result[: len(result) - len(result.lstrip())] == text[: len(text) - len(text.lstrip())]


@settings(max_examples=250)
@given(TEXTS, st.integers(1, 5), st.sampled_from(FORMATS), st.sampled_from(LANGUAGES), st.randoms())
@example(f'Use `df[["a"]]`. {WORDY}\r\n', 5, "auto", "auto", random.Random(1))
@example(f"\ufeff# Title\r\n\r\n{WORDY} It is used\r\nin order\r\nto win.\r\n\r\n", 5, "auto", "en", random.Random(1))
def test_any_text_keeps_its_brackets_and_line_ends(
    text: str, level: int, format: TextFormat, language: str, chance: random.Random
) -> None:
    done = rewrite_text(text, check_options(level=level, format=format, language=language))
    check_verbatim(text, done, chance)
    document = segment(text, done.options.format)
    assert "".join(document.pieces) == text
    for span in protected_spans(document):
        assert not any(edit.start < span.end and span.start < edit.end for edit in done.edits)


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("piece", [*CODE, *LINKS, *MARKS])
def test_brackets_stay_where_they_stand(piece: str, level: int) -> None:
    text = f"{WORDY}\n\n{piece}\n\n{WORDY} Here: {piece} ends.\n"
    done = rewrite_text(text, check_options(level=level, language="en", format="markdown"))
    assert apply(text, done.edits) == done.result
    assert done.result.count(piece) == 2
    assert done.source == text


@pytest.mark.parametrize("level", [3, 5])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u2029", "\x85", "\v", "\f"])
@pytest.mark.parametrize("last", ["", "|", "||", "| |", "   ", "|\t"])
def test_a_wrapped_text_keeps_its_lines_and_its_last_line_end(end: str, last: str, level: int) -> None:
    wrapped = "|".join(re.findall(r"\S+(?: \S+){0,3}", f"{WORDY} {WORDY}"))
    text = f"||{wrapped}||{wrapped}{last}".replace("|", end)
    done = rewrite_text(text, check_options(level=level, language="en", format="text"))
    check_verbatim(text, done, random.Random(1))
    # An edit that reaches over a line end is still made: no line of the source is simply given up.
    assert len(done.edits) >= 2


@pytest.mark.parametrize("target", [40, 200])
def test_no_cut_goes_through_a_mark_or_a_phrase(target: int) -> None:
    marked = "[[" + "One sentence here. \n\n" * 60 + "]]"
    phrase = "It is mine.\n\n" * 20
    text = (f"{WORDY} " * 8 + "\n\n") * 5 + marked + "\n\n" + (f"{WORDY} " * 8 + "\n\n") * 5 + phrase + WORDY
    borders = {stretch.start for stretch in cut(text, "text", target=target, protected=[phrase.strip()])} - {0}
    assert len(borders) > 2
    for whole in (marked, phrase.strip()):
        start = text.index(whole)
        assert not any(start < border < start + len(whole) for border in borders)


@pytest.mark.parametrize("unit", ["[[", "]]", "[[a", "a]]", "[[a]]", "[", "[[a]", "`[[", "[[a](", "[[[[a]]]]", "]]("])
def test_many_brackets_are_read_in_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    spans = protected_spans(segment(text))
    assert all(left.end <= right.start for left, right in pairwise(spans))
