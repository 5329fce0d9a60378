"""No word of 53 real Word files is lost or doubled: counted in their XML, and in what LibreOffice makes of them."""

from __future__ import annotations

import io
import subprocess
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from humanize.uploads.docx.markdown import render
from humanize.uploads.docx.package import numbered
from humanize.uploads.docx.reader import read_docx
from humanize.uploads.word_process import word_text
from tests.humanize.uploads.accepted_words import streams, words, words_in_file, words_of_markdown

pytestmark = pytest.mark.data

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# What LibreOffice writes of its own (numbers of notes and lists, fields, which it computes again), and where tables
# float, which keeps them out of its text.
_OWN = tuple(
    f"{_W}{name}" for name in "footnoteReference endnoteReference fldChar instrText fldData numPr tblpPr".split()
)
_DELETED = (f"{_W}del", f"{_W}moveFrom")
_WRAPPERS = tuple(f"{_W}{name}" for name in ("ins", "moveTo", "sdt", "sdtContent", "fldSimple"))
_PROPERTIES = (f"{_W}sdtPr", f"{_W}sdtEndPr")
_PREPARED = ("word/document.xml", "word/styles.xml")
# Characters of the font Symbol, which LibreOffice keeps in the private area.
_GREEK = {0xF062: "β"}


def files(folder: Path) -> list[Path]:
    return sorted((folder / "docx").glob("*.docx"))


def test_all_files_are_here(data_folder: Path) -> None:
    assert len(files(data_folder)) == 53


def test_no_word_of_the_xml_is_lost_or_doubled(data_folder: Path) -> None:
    wrong = {}
    for file in files(data_folder):
        data = file.read_bytes()
        there, read = words_in_file(data), words_of_markdown(word_text(data)[0])
        if there != read:
            wrong[file.name] = (there - read, read - there)
    assert wrong == {}


def test_each_character_leads_back_to_its_element(data_folder: Path) -> None:
    for file in files(data_folder):
        data = file.read_bytes()
        rendered = render(read_docx(data))
        elements = _elements(data)
        at = 0
        for stretch in rendered.stretches:
            assert stretch.start >= at
            at = stretch.end
            element = elements[stretch.source.part][stretch.source.element]
            if etree.QName(element).localname == "t":
                stored = (element.text or "")[stretch.source.start : stretch.source.end]
                assert same(stored, rendered.text[stretch.start : stretch.end])


def same(stored: str, read: str) -> bool:
    """Character by character, save those of symbol fonts, which Word stores in the private area."""
    return len(stored) == len(read) and all(
        a == b or "\uf000" <= a < "\uf100" for a, b in zip(stored, read, strict=True)
    )


def _elements(data: bytes) -> dict[str, list[etree._Element]]:
    parser = etree.XMLParser(remove_comments=True, remove_pis=True)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            name: [element for _, element in numbered(etree.fromstring(archive.read(name), parser))]
            for name in archive.namelist()
            if (name.startswith("word/") and name.endswith("s.xml")) or name == "word/document.xml"
        }


@pytest.mark.libreoffice
@pytest.mark.deep
def test_libreoffice_reads_the_same_words(data_folder: Path, tmp_path: Path) -> None:
    """Its text has neither notes nor text boxes nor equations; the XML's words of these make up for them."""
    copies, texts = tmp_path / "copies", tmp_path / "texts"
    copies.mkdir()
    for file in files(data_folder):
        (copies / file.name).write_bytes(_accepted(file.read_bytes()))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    names = sorted(str(copy) for copy in copies.iterdir())
    subprocess.run([*command, "--convert-to", "txt:Text", "--outdir", texts, *names], check=True, capture_output=True)
    wrong = {}
    for file in files(data_folder):
        data = file.read_bytes()
        exported = words((texts / f"{file.stem}.txt").read_text(encoding="utf-8-sig").translate(_GREEK))
        exported += words("\n".join(streams(data)[1]))
        read = words_of_markdown(word_text(data)[0])
        if exported != read:
            wrong[file.name] = (exported - read, read - exported)
    assert wrong == {}


def _accepted(data: bytes) -> bytes:
    """A copy with its changes accepted, which no export of LibreOffice does, and without what it numbers itself."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            content = source.read(name)
            copy.writestr(name, _accepted_part(content) if name in _PREPARED else content)
    return out.getvalue()


def _accepted_part(content: bytes) -> bytes:
    root = etree.fromstring(content)
    for row in [*root.iter(f"{_W}tr")]:
        if row.find(f"{_W}trPr/{_W}del") is not None:
            row.getparent().remove(row)
    for table in [*root.iter(f"{_W}tbl")]:
        if table.find(f"{_W}tr") is None and table.find(f"{_W}sdt") is None:
            table.getparent().remove(table)
    for paragraph in [*root.iter(f"{_W}p")]:
        _join_with_next(paragraph)
    for element in [*root.iter(*_OWN, *_DELETED)]:
        if element.getparent() is not None:
            element.getparent().remove(element)
    for element in [*root.iter(*_WRAPPERS)]:
        _unwrap(element)
    accepted: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return accepted


def _join_with_next(paragraph: etree._Element) -> None:
    marks, following = paragraph.find(f"{_W}pPr/{_W}rPr"), paragraph.getnext()
    if marks is None or following is None or following.tag != f"{_W}p":
        return
    if any(marks.find(tag) is not None for tag in _DELETED):
        at = 1 if following.find(f"{_W}pPr") is not None else 0
        following[at:at] = [one for one in paragraph if one.tag != f"{_W}pPr"]
        paragraph.getparent().remove(paragraph)


def _unwrap(element: etree._Element) -> None:
    """Leave what the element holds in its place. LibreOffice drops the text of some content controls."""
    above = element.getparent()
    if above is not None:
        at = above.index(element)
        above[at : at + 1] = [one for one in element if one.tag not in _PROPERTIES]
