from __future__ import annotations

import io
import zipfile

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.writers import Writer

pytestmark = pytest.mark.django_db


def upload(writer: Writer, name: str, data: bytes) -> tuple[int, dict[str, object]]:
    response = writer.api.post(
        "/api/v1/documents/extract", {"file": SimpleUploadedFile(name, data)}, format="multipart"
    )
    return response.status_code, response.json()


def word_file() -> bytes:
    document = docx.Document()
    document.add_heading("My title", 0)
    document.add_heading("Part one", 2)
    document.add_paragraph("Hello there.")
    document.add_paragraph("one", style="List Bullet")
    document.add_paragraph("two", style="List Bullet")
    document.add_paragraph("first", style="List Number")
    document.add_paragraph("said she", style="Quote")
    document.add_paragraph("# not a heading")
    table = document.add_table(2, 2)
    table.cell(0, 0).text, table.cell(1, 1).text = "a", "b|c"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_file_becomes_markdown(alice: Writer) -> None:
    status, body = upload(alice, "My essay.docx", word_file())
    assert (status, body["title"], body["format"]) == (200, "My essay", "markdown")
    assert body["text"] == (
        "# My title\n\n## Part one\n\nHello there.\n\n- one\n- two\n\n1. first\n\n> said she\n\n"
        "\\# not a heading\n\n| a |  |\n| --- | --- |\n|  | b\\|c |\n"
    )


@pytest.mark.parametrize(
    ("name", "data", "format", "text"),
    [
        ("a.txt", "café".encode(), "text", "café"),
        ("A.MD", b"# Hi", "markdown", "# Hi"),
        ("../../etc/x.txt", "héllo".encode("utf-16"), "text", "héllo"),
    ],
)
def test_plain_files_are_read_as_they_are(alice: Writer, name: str, data: bytes, format: str, text: str) -> None:
    status, body = upload(alice, name, data)
    assert (status, body["format"], body["text"]) == (200, format, text)


def zip_of(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "status", "code"),
    [
        ("a.pdf", b"%PDF", 415, "unknown_file_type"),
        ("a", b"text", 415, "unknown_file_type"),
        ("a.txt", b"caf\xe9", 400, "unreadable_text"),
        ("a.txt", b"a\x00b", 400, "unreadable_text"),
        ("a.txt", b"  \n", 400, "invalid_input"),
        ("a.docx", b"not a zip", 400, "archive_refused"),
        ("a.docx", zip_of("x.xml", b"<x/>"), 400, "unreadable_text"),
        ("a.docx", zip_of("../x.xml", b"<x/>"), 400, "archive_refused"),
        ("a.docx", zip_of("x.xml", b"a" * 10_000_000), 400, "archive_refused"),
        ("a.txt", b"a" * (20 * 1024 * 1024 + 1), 413, "file_too_large"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_code(
    alice: Writer, name: str, data: bytes, status: int, code: str
) -> None:
    found, body = upload(alice, name, data)
    assert (found, body["code"]) == (status, code)


def changed(before: bytes, after: bytes) -> bytes:
    """The Word file with one place of its text's XML changed, as a hostile hand would."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word_file())) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            data = source.read(name)
            copy.writestr(name, data.replace(before, after, 1) if name == "word/document.xml" else data)
    return out.getvalue()


def test_a_cell_that_claims_to_span_a_billion_columns_is_read_once(alice: Writer) -> None:
    wide = changed(b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="1000000000"/>')
    status, body = upload(alice, "a.docx", wide)
    assert (status, str(body["text"]).splitlines()[-3:]) == (200, ["| a |  |", "| --- | --- |", "|  | b\\|c |"])


def test_an_external_entity_brings_nothing_in(alice: Writer) -> None:
    evil = b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document '
    status, body = upload(alice, "a.docx", changed(b"<w:document ", evil))
    assert (status, "root:" in str(body["text"])) == (200, False)


@pytest.mark.parametrize("body", [b"<w:nobody>", b"<w:body><w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='x'/>"])
def test_a_word_file_with_broken_insides_is_refused_plainly(alice: Writer, body: bytes) -> None:
    status, answer = upload(alice, "a.docx", changed(b"<w:body>", body))
    assert (status, answer["code"]) == (400, "unreadable_text")


def test_no_file_at_all_is_named(alice: Writer) -> None:
    response = alice.api.post("/api/v1/documents/extract", {}, format="multipart")
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "file")
