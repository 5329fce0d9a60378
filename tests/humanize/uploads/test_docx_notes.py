"""Notes, fields and equations of Word files, and where each piece of text stands in the file."""

from __future__ import annotations

import pytest

from humanize.uploads.docx.markdown import render
from humanize.uploads.docx.reader import read_docx
from humanize.uploads.docx.structure import Source
from humanize.uploads.word_process import word_text
from tests.humanize.uploads.word_files import (
    cell,
    field,
    item,
    mark,
    note,
    paragraph,
    row,
    run,
    table,
    word,
)


def read(body: str) -> str:
    return word_text(word(body))[0]


def para(text: str) -> str:
    return paragraph(run(text))


AB = row(cell(para("a")), cell(para("b")))


def test_notes_are_numbered_as_they_come_and_hold_blocks() -> None:
    body = paragraph(run("A") + note(7) + run(" b") + note(3, "endnote") + run(" c") + note(7) + run(" d") + note(99))
    footnotes = {7: para("First.") + para("Second.") + table(AB)}
    data = word(body, footnotes=footnotes, endnotes={3: item(run("x"), 1) + item(run("y"), 1)})
    assert word_text(data)[0] == (
        "A[^1] b[^2] c[^1] d\n\n[^1]: First.\n\n    Second.\n\n    | a | b |\n    | --- | --- |\n\n[^2]: - x\n    - y\n"
    )


def test_text_after_a_note_is_not_taken_for_its_target() -> None:
    data = word(paragraph(run("A") + note(1) + run("(b)")) + paragraph(note(1) + run(": c")), footnotes={1: para("n")})
    assert word_text(data)[0] == "A[^1]\\(b)\n\n[^1]\\: c\n\n[^1]: n\n"


def test_a_field_reaches_over_paragraphs() -> None:
    body = (
        paragraph(mark("begin") + "<w:r><w:instrText>TOC</w:instrText></w:r>" + mark("separate") + run("One"))
        + paragraph(field(" PAGEREF x ", run("2")))
        + paragraph(mark("end") + run("Three"))
    )
    assert read(body) == "One\n\n2\n\nThree\n"


def math(content: str) -> str:
    return paragraph(f"<m:oMathPara><m:oMath>{content}</m:oMath></m:oMathPara>")


def term(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (term("E=") + term("m") + f"<m:sSup><m:e>{term('c')}</m:e><m:sup>{term('2')}</m:sup></m:sSup>", "E=m c^2"),
        (f"<m:sSub><m:e>{term('x')}</m:e><m:sub>{term('i+1')}</m:sub></m:sSub>", "x_(i+1)"),
        (f"<m:sSubSup><m:e>{term('x')}</m:e><m:sub>{term('i')}</m:sub><m:sup>{term('2')}</m:sup></m:sSubSup>", "x_i^2"),
        (f"<m:rad><m:deg/><m:e>{term('x+1')}</m:e></m:rad>", "√(x+1)"),
        (f"<m:rad><m:deg>{term('3')}</m:deg><m:e>{term('x')}</m:e></m:rad>", "√[3]x"),
        (
            f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{term("i=1")}</m:sub><m:sup>{term("n")}</m:sup>'
            f"<m:e>{term('i')}</m:e></m:nary>",
            "∑_(i=1)^n i",
        ),
        (
            f"<m:d><m:dPr><m:begChr m:val='['/><m:endChr m:val=']'/></m:dPr><m:e>{term('a')}</m:e>"
            f"<m:e>{term('b')}</m:e></m:d>",
            "[a|b]",
        ),
        (f"<m:func><m:fName>{term('sin')}</m:fName><m:e>{term('x')}</m:e></m:func>", "sin x"),
        (
            f"<m:func><m:fName><m:limLow><m:e>{term('lim')}</m:e><m:lim>{term('x→0')}</m:lim></m:limLow></m:fName>"
            f"<m:e>{term('f')}</m:e></m:func>",
            "lim_(x→0)f",
        ),
        (
            f"<m:m><m:mr><m:e>{term('a')}</m:e><m:e>{term('b')}</m:e></m:mr><m:mr><m:e>{term('c')}</m:e><m:e>{term('d')}</m:e></m:mr></m:m>",
            "[a, b; c, d]",
        ),
        (f"<m:acc><m:accPr><m:chr m:val='\u0303'/></m:accPr><m:e>{term('n')}</m:e></m:acc>", "n\u0303"),
        (f"<m:r><w:del><m:t>y</m:t></w:del></m:r><w:ins>{term('x')}</w:ins>", "x"),
        (
            f"<m:f><m:num>{term('a')}</m:num><m:den><m:f><m:num>{term('b')}</m:num><m:den>{term('c')}</m:den></m:f></m:den></m:f>",
            "a/(b/c)",
        ),
    ],
)
def test_equations_are_one_line_of_text(content: str, expected: str) -> None:
    assert read(math(content)) == f"`{expected}`\n"


def test_two_equations_stay_apart() -> None:
    assert read(paragraph(f"<m:oMath>{term('x')}</m:oMath><m:oMath>{term('y')}</m:oMath>")) == "`x` `y`\n"


def test_each_piece_of_text_knows_its_place() -> None:
    """In document order: 0 document, 1 body, 2 p, 3 pPr, 4 r, 5 t, 6 r, 7 rPr, 8 b, 9 t."""
    rendered = render(read_docx(word(paragraph(run("2*3 is ") + run("six", "<w:b/>")))))
    assert rendered.text == "2\\*3 is **six**\n"
    assert list(rendered.sources(0, len(rendered.text))) == [
        Source("word/document.xml", 5, 0, 1),
        Source("word/document.xml", 5, 1, 7),
        Source("word/document.xml", 9, 0, 3),
    ]
    assert list(rendered.sources(11, 12)) == [Source("word/document.xml", 9, 1, 2)]
    assert list(rendered.sources(1, 2)) == []
