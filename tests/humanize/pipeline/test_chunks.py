from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from humanize.pipeline.chunks import Stretch, cut

PARAGRAPH = " ".join(["word"] * 50) + "."


def pieces(text: str, format: str = "markdown", target: int = 100) -> list[str]:
    return [text[stretch.start : stretch.end] for stretch in cut(text, format, target=target)]


@given(
    st.text(alphabet=st.sampled_from("a \n\r.`~-<pre>/!"), max_size=400), st.sampled_from(["text", "markdown", "html"])
)
def test_the_stretches_cover_the_text_without_gap_or_overlap(text: str, format: str) -> None:
    assert "".join(pieces(text, format, target=3)) == text


@given(st.text(max_size=200))
def test_any_unicode_comes_back_whole(text: str) -> None:
    assert "".join(pieces(text, target=2)) == text


def test_a_short_text_is_one_stretch() -> None:
    assert cut("Two words.", "text") == (Stretch(0, 10, 2),)


def test_an_empty_text_is_one_empty_stretch() -> None:
    assert cut("", "text") == (Stretch(0, 0, 0),)


def test_it_cuts_at_blank_lines_once_the_target_is_reached() -> None:
    text = "\n\n".join([PARAGRAPH] * 6)
    assert [len(piece.split()) for piece in pieces(text)] == [100, 100, 100]
    assert all(piece.startswith("word") for piece in pieces(text))


def test_a_short_tail_joins_the_stretch_before() -> None:
    text = "\n\n".join([PARAGRAPH] * 5)
    assert [len(piece.split()) for piece in pieces(text)] == [100, 150]


def test_code_fences_front_matter_and_preformatted_html_are_never_cut() -> None:
    code = "```\n" + "\n\n".join([PARAGRAPH] * 4) + "\n```"
    front = "---\ntitle: x\n\n" + "\n\n".join([PARAGRAPH] * 3) + "\n---"
    pre = "<pre>\n" + "\n\n".join([PARAGRAPH] * 4) + "\n</pre>"
    for whole in (code, front, pre):
        found = pieces(f"{whole}\n\n" + "\n\n".join([PARAGRAPH] * 4))
        assert found[0].startswith(whole)


def test_a_fence_closes_only_with_its_own_kind() -> None:
    code = "~~~\n```\n\n" + "\n\n".join([PARAGRAPH] * 4) + "\n~~~"
    assert pieces(code + "\n\n" + PARAGRAPH + "\n\n" + PARAGRAPH)[0].startswith(code)


def test_backticks_mean_nothing_in_plain_text() -> None:
    text = "```\n\n" + "\n\n".join([PARAGRAPH] * 4)
    assert len(pieces(text, "text")) == 2


def test_an_indented_continuation_stays_with_its_list_item() -> None:
    text = f"- {PARAGRAPH}\n\n  {PARAGRAPH}\n\n  {PARAGRAPH}\n\n{PARAGRAPH}\n\n{PARAGRAPH}"
    assert pieces(text)[0].count("\n\n  ") == 2


def test_a_text_of_single_lines_is_cut_at_lines_and_one_without_lines_at_sentences() -> None:
    assert len(pieces("\n".join([PARAGRAPH] * 12), "text")) == 3
    assert len(pieces(" ".join([PARAGRAPH] * 12), "text")) == 2


def test_html_is_cut_after_a_closed_block() -> None:
    found = pieces(f"<p>{PARAGRAPH}</p>" * 6, "html")
    assert len(found) == 3
    assert all(piece.startswith("<p>") and piece.endswith("</p>") for piece in found)
