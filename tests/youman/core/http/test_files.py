"""Names of files in both directions, and cells that a spreadsheet would run."""

from __future__ import annotations

import io
import re
from email.message import Message
from urllib.parse import unquote

import pytest

from youman.core.http.files import attachment, harmless, upload_name, write_csv

pytestmark = pytest.mark.attack("downloads")

FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "\t=1", "\r=1", "\n=1",
    " =1", "\u00a0=1", "\u3000=1", "\ufeff=1", "\u200b=1", "\x00=1", "\u202e=1", "＝1+1", "＋1+1", "－1+1", "＠SUM(A1)",
    "−1+1", "+44 20 7946 0018", "-", "--1", "+-1", "-1-", "1-1=".replace("1", "=", 1), "=", "@", "-x", "+x",
    "-1e5x", "=1\n2",
]  # fmt: skip
PLAIN = [
    "", "0", "12", "-1", "-1.5", "+2", "0.0015", "1e-9", "-3E+4", "-.5", "3.", "gpt-6-luna", "a=b", "a-b",
    "a@b.example", "total", "'=1", "1-1", "Zürich", "漢字", "(none)", "#1", "a\tb",
]  # fmt: skip


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_formula_is_kept_as_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", PLAIN)
def test_plain_cells_and_numbers_stay(cell: str) -> None:
    assert harmless(cell) == cell


def test_rows_are_written_with_harmless_cells() -> None:
    file = io.StringIO()
    write_csv(file, [["key", "cost"], ["=1+1", "-0.5"], ['a,"b', "2"]])
    assert file.getvalue() == 'key,cost\r\n\'=1+1,-0.5\r\n"a,""b",2\r\n'


NAMES = {
    "report.pdf": ("report.pdf", ""),
    "a b (1).txt": ("a b (1).txt", ""),
    "Zürich.csv": ("Zurich.csv", "Zürich.csv"),
    "漢字.csv": ("download.csv", "漢字.csv"),
    "漢字": ("download", "漢字"),
    'a"b.txt': ("a_b.txt", 'a"b.txt'),
    "a\\b.txt": ("b.txt", ""),
    "../../etc/passwd": ("passwd", ""),
    "a;b.txt": ("a_b.txt", "a;b.txt"),
    "a\r\nSet-Cookie: x=1": ("aSet-Cookie_ x=1", "aSet-Cookie: x=1"),
    "a\nb.txt": ("ab.txt", ""),
    "a\x00b.txt": ("ab.txt", ""),
    "invoice\u202efdp.exe": ("invoicefdp.exe", ""),
    "a\u200bb.txt": ("ab.txt", ""),
    "100%.txt": ("100_.txt", "100%.txt"),
    "%2e%2e%2fx.txt": ("_2e_2e_2fx.txt", "%2e%2e%2fx.txt"),
    "e\u0301.txt": ("e.txt", "é.txt"),
    "ﬁle.txt": ("file.txt", "ﬁle.txt"),
    "": ("download", ""),
    "..": ("download", ""),
    " . ": ("download", ""),
    "\ud800.txt": ("txt", ""),
    "😀.txt": ("download.txt", "😀.txt"),
    "x" * 500 + ".pdf": ("x" * 130 + ".pdf", ""),
}


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_download_has_its_name_twice_and_no_other_header(name: str) -> None:
    header = attachment(name)
    plain, whole = NAMES[name]
    assert header.isascii()
    assert header.isprintable()
    found = re.fullmatch(r'attachment; filename="([^"\\]+)"(?:; filename\*=UTF-8\'\'([A-Za-z0-9%_.~-]+))?', header)
    assert found is not None
    assert (found[1], unquote(found[2] or "")) == (plain, whole)
    message = Message()
    message["Content-Disposition"] = header
    assert message.get_content_disposition() == "attachment"


UPLOADED = {
    "draft.docx": "draft.docx",
    "C:\\Users\\a\\draft.docx": "draft.docx",
    "../../draft.docx": "draft.docx",
    "a%20b.txt": "a%20b.txt",
    "a%2520b.txt": "a%2520b.txt",
    "%2e%2e%2fa.txt": "%2e%2e%2fa.txt",
    "..%5ca.txt": "..%5ca.txt",
    "=?utf-8?q?Z=C3=BCrich.txt?=": "Zürich.txt",
    "=?utf-8?B?WsO8cmljaC50eHQ=?=": "Zürich.txt",
    "=?utf-8?q?=2E=2E=2Fa.txt?=": "a.txt",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=2Etxt=3F=3D?=": "=?utf-8?q?a.txt?=",
    "=?utf-8?q?a=00b.txt?=": "ab.txt",
    "=?unknown-1?q?a.txt?=": "=?unknown-1?q?a.txt?=",
    "=?utf-8?q?=FF.txt?=": "=?utf-8?q?=FF.txt?=",
    "=?iso-8859-1?q?Z=FCrich.txt?=": "Zürich.txt",
    "a\x00b.txt": "ab.txt",
    "a\u202etxt.exe": "atxt.exe",
    "a\r\nb.txt": "ab.txt",
    "e\u0301.txt": "é.txt",
    "x" * 400: "x" * 255,
    "": "",
}


@pytest.mark.parametrize("name", UPLOADED, ids=range(len(UPLOADED)))
def test_the_name_of_an_upload_is_decoded_once(name: str) -> None:
    assert upload_name(name) == UPLOADED[name]
