"""Word files made to hurt: each is refused in a plain sentence, or read in time linear in its size."""

from __future__ import annotations

import pytest

from humanize.errors import UnreadableText
from humanize.uploads.word_process import word_text
from tests.humanize.uploads.word_files import (
    archive,
    cell,
    item,
    mark,
    note,
    paragraph,
    row,
    run,
    styled,
    table,
    word,
)
from youman.core.errors import ArchiveRefused

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DAMAGED = "The file is not a Word document, or it is damaged; open it in Word and save it again as .docx"
_REFUSED = "The file is not a ZIP archive, or it is damaged"


def broken(place: bytes) -> bytes:
    """A file whose packed text is overwritten."""
    data = bytearray(word(paragraph(run("some words " * 50))))
    at = bytes(data).index(place) + len(place) + 20
    data[at : at + 30] = b"\xff" * 30
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "error", "sentence"),
    [
        (b"", ArchiveRefused, _REFUSED),
        (b"PK\x03\x04" + b"\x00" * 50, ArchiveRefused, _REFUSED),
        (word(paragraph(run("a")))[:-30], ArchiveRefused, _REFUSED),
        (broken(b"word/document.xml"), ArchiveRefused,
         "word/document.xml cannot be unpacked, because it is damaged or encrypted"),
        (_OLE + "EncryptedPackage".encode("utf-16-le"), UnreadableText,
         "The Word file is encrypted; open it in Word, remove its password and save it again as .docx"),
        (_OLE + b"WordDocument", UnreadableText,
         "The file is an old Word document (.doc); open it in Word and save it as .docx"),
        (archive({"a.txt": "a"}), UnreadableText, _DAMAGED),
        (archive({"word/document.xml": ""}), UnreadableText, _DAMAGED),
        (archive({"word/document.xml": "<a/>"}), UnreadableText, _DAMAGED),
        (archive({"word/document.xml": "<w:document>"}), UnreadableText, _DAMAGED),
        (word("<w:p>"), UnreadableText, _DAMAGED),
        (word("", parts={"styles": "<w:styles>"}), UnreadableText, _DAMAGED),
        (word("<w:sdt>" * 5_000 + "</w:sdt>" * 5_000), UnreadableText, _DAMAGED),
        (word(paragraph(run("a" * 11_000_000))), ArchiveRefused, "An entry of the archive is too large when unpacked"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_plainly(data: bytes, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error) as caught:
        word_text(data)
    assert str(caught.value) == sentence


def test_text_nested_as_deeply_as_a_parser_allows_is_read() -> None:
    deep = "<w:sdt><w:sdtContent>" * 120 + paragraph(run("deep")) + "</w:sdtContent></w:sdt>" * 120
    assert word_text(word(deep))[0] == "deep\n"
    tables = paragraph(run("deep"))
    for _ in range(80):
        tables = table(row(cell(tables), cell(paragraph(""))))
    assert word_text(word(tables))[0] == "| deep |  |\n| --- | --- |\n"
    boxes = paragraph(run("deep"))
    for _ in range(30):
        boxes = paragraph(f"<w:r><w:pict><w:txbxContent>{boxes}</w:txbxContent></w:pict></w:r>")
    assert word_text(word(boxes))[0] == "deep\n"


@pytest.mark.parametrize(
    ("declaration", "text"),
    [
        ('<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "ab\n"),
        ('<!DOCTYPE d [<!ENTITY x "boo">]>', "ab\n"),
        ('<!DOCTYPE d [<!ENTITY y "boo"><!ENTITY x "&y;&y;&y;&y;">]>', "ab\n"),
        ('<!DOCTYPE d SYSTEM "http://127.0.0.1:1/x.dtd" [<!ENTITY x "boo">]>', "ab\n"),
    ],
)
def test_entities_bring_nothing_in(declaration: str, text: str) -> None:
    assert word_text(word(paragraph(run("a") + "<w:r><w:t>b&x;</w:t></w:r>"), prolog=declaration))[0] == text


@pytest.mark.parametrize(
    "body",
    [
        paragraph(mark("end") + mark("separate") + mark("begin") + run("a") + mark("separate")),
        table(row(cell(paragraph(run("a")), '<w:gridSpan w:val="1000000000"/>'))),
        table(row(cell(paragraph(run("a"))), properties='<w:gridBefore w:val="-5"/>')),
        item(run("a"), 1, 99).replace("99", "99999999999999999999"),
        paragraph(run("a"), '<w:outlineLvl w:val="x"/>'),
        styled("nowhere", run("a")),
        f"<w:tr>{cell(paragraph(run('a')))}</w:tr>",
        f"<w:tbl>{cell(paragraph(run('a')))}</w:tbl>",
        f"<w:p>{paragraph(run('a'))}</w:p>",
        "<w:t>a</w:t>",
        f"<w:p>{run('a')}<w:rt/></w:p>",
        paragraph(run("a") + '<w:r><w:sym w:font="Symbol" w:char="zz"/></w:r>'),
        paragraph(run("a") + '<w:r><w:sym w:font="Symbol" w:char="FFFFFFFFFF"/></w:r>'),
        paragraph(run("a") + '<w:r><w:sym w:font="Symbol" w:char="D800"/></w:r>'),
        paragraph(f'<w:hyperlink r:id="nowhere">{run("a")}</w:hyperlink>'),
        paragraph(run("a") + note(1)),
        paragraph(run("a") + "<mc:AlternateContent/>"),
        paragraph(run("a") + "<m:oMath><m:den/><m:sup/><m:e/><m:mr/></m:oMath>"),
    ],
)
def test_xml_that_word_would_not_write_is_read_as_far_as_it_goes(body: str) -> None:
    text, _ = word_text(word(body))
    assert text.replace("-", "").replace("|", "").split() == ["a"]


def test_circles_of_styles_and_lists_end() -> None:
    styles = (
        f'<w:styles xmlns:w="{_W}"><w:style w:type="paragraph" w:styleId="A"><w:name w:val="a"/><w:basedOn w:val="B"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:name w:val="b"/><w:basedOn w:val="A"/></w:style></w:styles>'
    )
    numbering = (
        f'<w:numbering xmlns:w="{_W}"><w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="A"/></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
    )
    assert word_text(word(styled("B", run("a")), parts={"styles": styles, "numbering": numbering}))[0] == "a\n"


def test_notes_that_refer_to_each_other_are_written_once() -> None:
    notes = {1: paragraph(run("a") + note(2)), 2: paragraph(run("b") + note(1))}
    assert word_text(word(paragraph(run("x") + note(1)), footnotes=notes))[0] == (
        "x[^1]\n\n[^1]: a[^2]\n\n[^2]: b[^1]\n"
    )
