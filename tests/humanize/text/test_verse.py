"""Verse, speech without marks, odd quotations and LaTeX are protected; lists, addresses and letters are not."""

from __future__ import annotations

import pytest

from humanize.text.protect import protected_spans
from humanize.text.segment import segment

STANZA = (
    "The road ran on beyond the hill,\nAnd I went after, slow and still,\n"
    "With nothing but the evening light,\nTo show the way into the night."
)
FREE = "i leave the window open\nfor the rain to find the floor\nand the floor to find\nsome other word for water."


def spans(text: str, kind: str) -> list[str]:
    return [text[span.start : span.end] for span in protected_spans(segment(text)) if span.kind == kind]


@pytest.mark.parametrize("stanza", [STANZA, FREE, STANZA.replace("\n", "  \n"), STANZA.replace("\n", "\r\n")])
def test_a_stanza_between_paragraphs_is_verse(stanza: str) -> None:
    text = f"She read it at the station, and then she read it again.\n\n{stanza}\n\nThe train was late that day."
    assert spans(text, "verse") == [stanza]


@pytest.mark.parametrize(
    "lines",
    [
        "Led a team of nine people\nBuilt the new billing platform\nCut the cost of support by half",
        "First we wash the rice.\nThen we boil the water.\nNow we add the salt.\nLast we serve the dish.",
        "We have looked at your case and will send you the\nrefund this week. If it does not arrive, please do\n"
        "write to me again and I will ask the bank to look\ninto it for you.",
        "Kind regards,\nAnna Holt\nHead of Customer Care",
        "Place: the hall of the school\nTime: ten in the morning\nFood: soup and bread for all",
        "The rain had stopped,\nand they went home.",
    ],
)
def test_lists_letters_and_wrapped_prose_are_no_verse(lines: str) -> None:
    assert spans(lines, "verse") == []


@pytest.mark.parametrize(
    "line",
    [
        "— We must go in order to see it, he said.",
        "—No.",
        "– Where were you, she asked.",
        "“It is late.”",
        "„Es ist spät.“",
        "« Il est tard. »",
        "‘It is late.’",
        "‹It is late.›",
        '" It is late. "',
    ],
)
def test_speech_is_protected_whatever_its_marks(line: str) -> None:
    assert spans(f"The door opened.\n\n{line}\n\nNobody came in.", "quotation") == [line]


def test_a_quotation_that_goes_on_in_the_next_paragraph_is_protected() -> None:
    text = "He wrote: “We came in May.\n\n“We left in June.” Then he stopped."
    assert spans(text, "quotation") == ["“We came in May.", "“We left in June.”"]


@pytest.mark.parametrize("names", [("ANNA", "BEN"), ("Anna", "Ben (quietly)"), ("**Anna**", "**Ben**")])
def test_the_lines_of_a_play_are_speech(names: tuple[str, str]) -> None:
    first, second = names
    lines = [f"{first}: Did you see it?", f"{second}: No, I was out.", f"{first}: It was here."]
    assert spans("\n\n".join(lines), "quotation") == lines


@pytest.mark.parametrize(
    "text",
    [
        "Pros: It is light and you can carry it.\nCons: It breaks.\nPros: I like it.",
        "Q: Where do I park?\nA: You park behind the house.\nQ: May I stay?",
        "Breakfast: Bread and jam.\nLunch: Soup.\nDinner: Rice.",
        "One reason – and you know it – is the price.",
    ],
)
def test_labels_and_dashes_of_prose_are_no_speech(text: str) -> None:
    assert spans(text, "quotation") == []


@pytest.mark.parametrize(
    "code",
    [
        "\\begin{verbatim}\nutilize\n\\end{verbatim}",
        "\\begin{align*}\na &= b \\\\\nc &= d\n\\end{align*}",
        "\\[ x = y + \\frac{1}{2} \\]",
        "\\cite[see][p. 4]{holt2020}",
        "\\section{A crucial step}",
    ],
)
def test_latex_is_code(code: str) -> None:
    assert spans(f"We define\n{code}\nas before.", "code") == [code]


def test_an_environment_without_an_end_is_text() -> None:
    assert spans("\\begin{equation} We go on.", "code") == ["\\begin{equation}"]


@pytest.mark.parametrize("atom", [" ", "* ", "a \t", "— ", "A: ", "“", "\\begin{math}", "\\[", '" ', "A\n"])
def test_hostile_lines_take_linear_time(atom: str) -> None:
    lines = "\n".join([f"the {atom * 4_000} end"] * 4)
    assert all(0 <= span.start < span.end <= len(lines) for span in protected_spans(segment(lines)))
