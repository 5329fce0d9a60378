"""Paragraphs, lists, tables and text boxes of Word files: the exact Markdown of each."""

from __future__ import annotations

import io
import zipfile

import pytest

from humanize.uploads.word_process import word_text
from tests.humanize.uploads.word_files import (
    SPACES,
    cell,
    item,
    note,
    paragraph,
    row,
    run,
    styled,
    table,
    text_box,
    word,
)


def read(body: str) -> str:
    return word_text(word(body))[0]


def para(text: str) -> str:
    return paragraph(run(text))


def cells(letters: str) -> list[str]:
    return [cell(para(letter)) for letter in letters]


AB, AB_SHOWN = row(*cells("ab")), "| a | b |\n| --- | --- |\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (styled("berschrift1", run("One")), "# One\n"),
        (styled("Derived", run("Two")), "## Two\n"),
        (styled("Outlined", run("Three")), "### Three\n"),
        (styled("Titel", run("Title")), "# Title\n"),
        (styled("TOCHeading", run("Contents")), "Contents\n"),
        (paragraph(run("Four"), '<w:outlineLvl w:val="3"/>'), "#### Four\n"),
        (paragraph(run("Nine"), '<w:outlineLvl w:val="8"/>'), "###### Nine\n"),
        (styled("berschrift2", run("All bold", "<w:b/>")), "## All bold\n"),
        (styled("berschrift2", run("Part ") + run("bold", "<w:b/>")), "## Part **bold**\n"),
        (styled("berschrift2", run("C #")), "## C \\#\n"),
        (paragraph(run("Item"), '<w:pStyle w:val="berschrift2"/><w:numPr><w:numId w:val="2"/></w:numPr>'), "## Item\n"),
        (styled("Slanted", run("Not an emphasis")), "Not an emphasis\n"),
        (styled("Slanted", run("x ") + run("y", "<w:b/>")), "x **y**\n"),
        (styled("Listing", run("if a*b:")) + styled("Listing", run("    go()")), "```\nif a*b:\n    go()\n```\n"),
        (styled("Listing", run("```")), "````\n```\n````\n"),
        (styled("Zitat", run("a")) + styled("Zitat", run("b")), "> a\n\n> b\n"),
        (para("a") + paragraph("") + para("  b  "), "a\n\nb\n"),
        ("", ""),
    ],
)
def test_the_kind_of_a_paragraph_comes_from_its_style(body: str, expected: str) -> None:
    assert read(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            item(run("a"), 1) + item(run("b"), 1, 1) + item(run("c"), 1, 2) + item(run("d"), 1),
            "- a\n  - b\n    - c\n- d\n",
        ),
        (
            item(run("a"), 2) + item(run("b"), 2, 1) + item(run("c"), 2, 1) + item(run("d"), 2),
            "1. a\n   1. b\n   2. c\n2. d\n",
        ),
        (
            item(run("a"), 2) + item(run("b"), 2, 1) + item(run("c"), 2) + item(run("d"), 2, 1),
            "1. a\n   1. b\n2. c\n   1. d\n",
        ),
        (item(run("a"), 2) + para("x") + item(run("b"), 2), "1. a\n\nx\n\n2. b\n"),
        (item(run("a"), 2) + para("x") + item(run("b"), 3) + item(run("c"), 3), "1. a\n\nx\n\n5. b\n6. c\n"),
        (item(run("a"), 1) + item(run("b"), 2), "- a\n\n1. b\n"),
        (item(run("a"), 1) + item(run("b"), 2, 1), "- a\n  1. b\n"),
        (item(run("a"), 2, 2), "1. a\n"),
        (item(run("a"), 4) + item(run("b"), 4), "1. a\n2. b\n"),
        (item(run("a"), 5), "a\n"),
        (item(run("a"), 0), "a\n"),
        (item(run("a"), 99), "a\n"),
        (styled("Step", run("a")) + styled("Substep", run("b")) + styled("Step", run("c")), "1. a\n   1. b\n2. c\n"),
        (styled("LB2", run("a")), "- a\n"),
        (item(run("a"), 2) + item("", 2) + item(run("c"), 2), "1. a\n3. c\n"),
        (item(run("2. a"), 1) + item(run("- b"), 1), "- 2\\. a\n- \\- b\n"),
        (
            "".join(item(run(str(n)), 2) for n in range(1, 11)) + item(run("x"), 1, 1),
            "".join(f"{n}. {n}\n" for n in range(1, 11)) + "    - x\n",
        ),
    ],
)
def test_lists_keep_their_levels_and_numbers(body: str, expected: str) -> None:
    assert read(body) == expected


_DELETED_MARK = '<w:del w:id="1"/>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (paragraph(run("We pay "), mark=_DELETED_MARK) + para("today."), "We pay today.\n"),
        (
            paragraph(run("We "), mark=_DELETED_MARK) + paragraph(run("pay "), mark=_DELETED_MARK) + para("now."),
            "We pay now.\n",
        ),
        (paragraph(f"<w:del>{run('x')}</w:del>", mark=_DELETED_MARK) + para("y"), "y\n"),
        (paragraph(run("x"), mark=_DELETED_MARK), "x\n"),
        (paragraph(run("x"), mark=_DELETED_MARK) + table(AB), "x\n\n| a | b |\n| --- | --- |\n"),
        (paragraph(run("x"), mark='<w:moveFrom w:id="1"/>') + para("y"), "xy\n"),
        (paragraph(run("x"), mark='<w:ins w:id="1"/>') + para("y"), "x\n\ny\n"),
        (paragraph(run("x "), '<w:pStyle w:val="berschrift2"/>', _DELETED_MARK) + para("y"), "x y\n"),
        (table(AB, row(cell(para("c")), properties="<w:del/>")), AB_SHOWN),
        (table(row(cell(para("a")), properties="<w:del/>")) + para("x"), "x\n"),
        (
            table(row(cell(para("a")), cell(para("b"), "<w:cellDel/>"), cell(para("c"), "<w:cellIns/>"))),
            "| a | c |\n| --- | --- |\n",
        ),
        (table(row(*cells("ab"), properties="<w:ins/>")), AB_SHOWN),
        (
            f"<w:moveFromRangeStart/><w:p><w:moveFrom>{run('x')}</w:moveFrom></w:p><w:moveFromRangeEnd/>" + para("y"),
            "y\n",
        ),
    ],
)
def test_deleted_marks_rows_and_cells_are_gone(body: str, expected: str) -> None:
    assert read(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            table(row(cell(para("a")), cell(para("b|c"))), row(cell(para("d")))),
            "| a | b\\|c |\n| --- | --- |\n| d |  |\n",
        ),
        (
            table(
                row(cell(para("a"), '<w:gridSpan w:val="2"/>'), cell(para("b"))), row(*(cell(para(x)) for x in "cde"))
            ),
            "| a |  | b |\n| --- | --- | --- |\n| c | d | e |\n",
        ),
        (
            table(AB, row(cell(para("c")), properties='<w:gridBefore w:val="1"/>')),
            "| a | b |\n| --- | --- |\n|  | c |\n",
        ),
        (
            table(row(cell(para("a") + para("b")), cell(item(run("c"), 1) + item(run("d"), 1)))),
            "| a b | c d |\n| --- | --- |\n",
        ),
        (
            table(row(cell(table(AB, row(cell(para("c")), cell(para("d")))) + para("e")), cell(para("f")))),
            "| a, b; c, d e | f |\n| --- | --- |\n",
        ),
        (table(row(cell(styled("berschrift1", run("A")) + para("b") + item(run("c"), 1)))), "# A\n\nb\n\n- c\n"),
        (table(row(cell(table(row(cell(table(row(cell(para("deep")))))))))), "deep\n"),
        (
            f"<w:tbl><w:sdt><w:sdtContent><w:tr><w:sdt><w:sdtContent>{cell(para('a'))}</w:sdtContent></w:sdt>{cell(para('b'))}</w:tr>"
            "</w:sdtContent></w:sdt></w:tbl>",
            AB_SHOWN,
        ),
        (table(row(cell(paragraph(text_box(para("boxed")))), cell(para("b")))), "| boxed | b |\n| --- | --- |\n"),
        (
            table(row(cell(styled("Listing", run("a|b"))), cell(paragraph(run("c|d", '<w:rStyle w:val="Kode"/>'))))),
            "| a\\|b | `c\\|d` |\n| --- | --- |\n",
        ),
    ],
)
def test_tables_keep_their_columns(body: str, expected: str) -> None:
    assert read(body) == expected


def test_text_boxes_follow_their_paragraph_and_hold_boxes_and_tables() -> None:
    inner = para("one") + paragraph(run("two") + text_box(para("three"))) + table(AB)
    assert read(paragraph(run("Be") + text_box(inner) + run("fore")) + para("After")) == (
        "Before\n\none\n\ntwo\n\nthree\n\n| a | b |\n| --- | --- |\n\nAfter\n"
    )


def test_a_box_without_text_in_one_branch_is_read_from_the_other() -> None:
    old = f"<w:pict><v:textbox><w:txbxContent>{para('old')}</w:txbxContent></v:textbox></w:pict>"
    branches = f'<mc:Choice Requires="x"/><mc:Fallback>{old}</mc:Fallback>'
    body = paragraph(f"<w:r><mc:AlternateContent>{branches}</mc:AlternateContent></w:r>")
    assert read(body) == "old\n"


def test_what_was_not_read_is_counted_once() -> None:
    picture = "<w:r><w:drawing><pic:pic/></w:drawing></w:r>"
    drawn_twice = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><pic:pic/></w:drawing></mc:Choice>"
        "<mc:Fallback><w:pict><v:imagedata/></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    body = (
        paragraph(run("a") + picture + drawn_twice + f"<w:del>{picture}</w:del>")
        + paragraph("<w:r><w:object><v:imagedata/></w:object></w:r><w:r><w:drawing><c:chart/></w:drawing></w:r>")
        + '<w:altChunk r:id="x"/>'
    )
    parts = {
        "comments": f"<w:comments {SPACES}><w:comment/></w:comments>",
        "header": f"<w:hdr {SPACES}>{para('Top')}</w:hdr>",
        "footer": f"<w:ftr {SPACES}>{paragraph('')}</w:ftr>",
    }
    assert word_text(word(body, parts=parts)) == (
        "a\n",
        "Not read: 2 images, 1 chart, 1 embedded object, 1 embedded document, 1 comment, 1 header",
    )


def test_a_file_in_the_strict_namespaces_is_read_the_same() -> None:
    body = styled("berschrift2", run("A")) + item(run("b", "<w:b/>"), 2) + paragraph(note(1))
    data = word(body, footnotes={1: para("c")})
    strict = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(strict, "w") as copy:
        for name in source.namelist():
            text = source.read(name).decode()
            for old, new in (
                ("http://schemas.openxmlformats.org/wordprocessingml/2006/main", "wordprocessingml/main"),
                ("http://schemas.openxmlformats.org/officeDocument/2006/relationships", "officeDocument/relationships"),
            ):
                text = text.replace(old, f"http://purl.oclc.org/ooxml/{new}")
            copy.writestr(name, text)
    assert word_text(strict.getvalue()) == word_text(data)
    assert word_text(data)[0] == "## A\n\n1. **b**\n\n[^1]\n\n[^1]: c\n"
