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


def test_no_file_at_all_is_named(alice: Writer) -> None:
    response = alice.api.post("/api/v1/documents/extract", {}, format="multipart")
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "file")
