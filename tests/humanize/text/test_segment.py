"""Segments: nothing lost on any text, sentences cut where a reader would cut them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from humanize.options import TextFormat
from humanize.text.segment import guess_format, segment, words

FORMATS: tuple[TextFormat, ...] = ("auto", "text", "markdown", "html")
NASTY = st.text(
    alphabet=st.one_of(
        st.characters(exclude_categories=["Cs"]), st.sampled_from("\r\n\t .#>-*`|<>[]()\"'“”&;1a\u202e\u0301😀\x00")
    )
)


def cut(text: str, format: TextFormat = "text") -> list[str]:
    return [text[one.start : one.end] for one in segment(text, format).sentences]


def kinds(text: str, format: TextFormat = "markdown") -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in segment(text, format).blocks]


@given(NASTY, st.sampled_from(FORMATS))
def test_pieces_joined_are_the_text(text: str, format: TextFormat) -> None:
    document = segment(text, format)
    assert "".join(document.pieces) == text
    ends = [0]
    for sentence in document.sentences:
        assert ends[-1] <= sentence.start < sentence.end <= len(text)
        assert text[sentence.start : sentence.end].strip() == text[sentence.start : sentence.end]
        ends.append(sentence.end)


@pytest.mark.parametrize(
    "sentences",
    [
        ["Dr. Adams met Mrs. Lee at 5 p.m. on Monday.", "They talked."],
        ["The U.S. economy grew by 3.5 percent.", "It slowed later."],
        ["See Fig. 3 and Eq. 4 for details.", "Then read on."],
        ["Smith et al. (2020) disagree.", "We do not."],
        ["J. K. Rowling wrote it.", "I read it."],
        ["“Are you sure?” she asked.", "He was."],
        ['"Stop!"', "The car stopped."],
        ["It costs $3.50, e.g. in the shop.", "Or i.e. there."],
        ["Version 2.0.1 is out.", "Try it at example.com/docs."],
        ["Wait… what?", "No!", "Yes."],
        ["He left (for good.)", "She stayed."],
        ["We met in Jan. 2020 and parted in Feb. 2021.", "The end."],
        ["She works for Acme Inc. and he does not.", "They meet daily."],
        ["This is item No. 5 on the list.", "Next."],
        ["It was 10 a.m. in London.", "The shop was closed."],
        ["Is it true?", "It is."],
        ["Mr. and Mrs. Jones vs. the state.", "A case."],
        ["First point; second point.", "Third: the last."],
        ["He earned a Ph.D. in physics.", "Then he taught."],
        ["I saw Plan B.", "It failed."],
        ["这是第一句。", "这是第二句。"],
    ],
)
def test_sentences_end_where_a_reader_ends_them(sentences: list[str]) -> None:
    assert cut(" ".join(sentences)) == sentences


def test_markdown_blocks_are_known_for_what_they_are() -> None:
    text = (
        "---\ntitle: x\n---\n# Head\n\nProse here.\nMore prose.\n\n- one\n- two\n  more\n\n"
        "> quoted\n\n```py\nx = 1.\n```\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\nTitle\n=====\n\n1. first\n2. second\n\n"
        "[ref]: http://x.org\n\n<div>\nraw\n</div>\n\n    code\n"
    )
    assert [kind for kind, _ in kinds(text)] == [
        "front_matter", "heading", "paragraph", "list_item", "list_item", "quote", "code", "table", "heading",
        "list_item", "list_item", "code", "html", "html", "code",
    ]  # fmt: skip


def test_only_prose_may_be_edited() -> None:
    text = "# Head\n\nProse.\n\n- item\n\n> quote\n\n```\ncode\n```\n"
    assert [(one.kind, one.editable) for one in segment(text, "markdown").blocks] == [
        ("heading", False),
        ("paragraph", True),
        ("list_item", True),
        ("quote", False),
        ("code", False),
    ]


def test_list_markers_are_no_part_of_the_item() -> None:
    assert kinds("- [x] Do it.\n2) Then that.") == [("list_item", "Do it."), ("list_item", "Then that.")]


def test_an_unclosed_fence_reaches_to_the_end() -> None:
    assert kinds("```\ncode. More\n\nstill code") == [("code", "```\ncode. More\n\nstill code")]


def test_html_text_is_found_between_block_tags() -> None:
    text = (
        "<html><h1>Head</h1><p>A <b>bold</b> word. More.</p><script>x = 1</script><ul><li>One.</li></ul><pre>raw</pre>"
    )
    assert kinds(text, "html") == [
        ("heading", "Head"),
        ("paragraph", "A <b>bold</b> word. More."),
        ("code", "<script>x = 1</script>"),
        ("list_item", "One."),
        ("code", "<pre>raw</pre>"),
    ]


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("Just prose. Nothing else * here.", "text"),
        ("# Head\n\nText", "markdown"),
        ("See [this](http://x.org).", "markdown"),
        ("<p>One</p><p>Two</p>", "html"),
        ("a < b and c > d", "text"),
        ("", "text"),
    ],
)
def test_the_format_is_guessed(text: str, format: str) -> None:
    assert guess_format(text) == format


def test_words_keep_apostrophes_hyphens_and_inner_dots() -> None:
    text = "It's a well-known U.S.-based firm’s plan, isn't it? 3.5"
    assert [text[one.start : one.end] for one in words(text)] == [
        "It's", "a", "well-known", "U.S", "based", "firm’s", "plan", "isn't", "it", "3.5",
    ]  # fmt: skip
