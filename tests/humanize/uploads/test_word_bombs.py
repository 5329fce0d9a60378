"""Word files made to stop the house: each is read or refused in a plain sentence, within the limits of a child."""

# ruff: noqa: E501  # pieces of XML read worse over more lines

from __future__ import annotations

import io
import random
import re
import resource
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from humanize.errors import FileTooLarge, UnreadableText
from humanize.uploads.word_process import LIMITS, read_word_file
from tests.humanize.uploads.word_files import SPACES, archive, cell, note, paragraph, row, run, styled, table, word
from youman.core.errors import ArchiveRefused

pytestmark = pytest.mark.attack("word_bombs")

_REFUSALS = (ArchiveRefused, UnreadableText, FileTooLarge)
_SENTENCE = re.compile(r"(?:The|An|word/|_rels/)[^\n]{20,160}")
_DOCUMENT = "word/document.xml"
_HOLE = b"\x00" * 1024 * 1024


def salted(pattern: str, count: int) -> str:
    """Repeat a piece of XML with a number of its own in each copy, so that it packs like a real file."""
    before, _, behind = pattern.partition("?")
    return "".join(f"{before}{number * 2_654_435_761 & 0xFFFFFFFFFF:x}{behind}" for number in range(count))


def bare(document: str | bytes, **parts: str) -> bytes:
    return archive({_DOCUMENT: document, **parts})  # type: ignore[dict-item]  # bytes are taken too


def numbering(content: str) -> dict[str, str]:
    return {"numbering": f"<w:numbering {SPACES}>{content}</w:numbering>"}


def styles(content: str) -> dict[str, str]:
    return {"styles": f"<w:styles {SPACES}>{content}</w:styles>"}


def laughs(levels: int, *, attribute: bool = False) -> bytes:
    entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(levels))
    prolog = f'<!DOCTYPE d [<!ENTITY e0 "ha">{entities}]>'
    if attribute:
        return word(f'<w:p w:rsidR="&e{levels};"/>' + paragraph(run("a")), prolog=prolog)
    return word(paragraph(f"<w:r><w:t>&e{levels};</w:t></w:r>"), prolog=prolog)


def zeros(size: int, name: str = _DOCUMENT, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", method, compresslevel=1) as packed,
        packed.open(name, "w", force_zip64=True) as stream,
    ):
        for _ in range(size // len(_HOLE)):
            stream.write(_HOLE)
    return file.getvalue()


def many_parts(count: int, size: int) -> bytes:
    """Headers that together unpack to more than any book, each within its own bounds."""
    file = io.BytesIO()
    noise = random.Random(1).randbytes(size // 2_000).hex()
    filler = f"<w:hdr {SPACES}><w:t>{noise * 1_000}</w:t></w:hdr>"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr(_DOCUMENT, f"<w:document {SPACES}><w:body>{paragraph(run('a'))}</w:body></w:document>")
        for number in range(count):
            packed.writestr(f"word/header{number}.xml", filler)
    return file.getvalue()


def patched(data: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    at = data.index(mark) + offset
    return data[:at] + value + data[at + len(value) :]


def repeated_directory(entries: int) -> bytes:
    """One packed entry under many names, as David Fifield's overlapping bombs have it."""
    data = zeros(8 * len(_HOLE))
    start = data.index(b"PK\x01\x02")
    record, end = data[start : data.index(b"PK\x05\x06")], data[data.index(b"PK\x05\x06") :]
    extra = b"".join(record.replace(b"document.xml", f"docu{n:04d}.xml".encode()) for n in range(entries))
    tail = patched(end, b"PK\x05\x06", 8, struct.pack("<HHL", entries + 1, entries + 1, len(record) + len(extra)))
    return data[:start] + record + extra + tail


def lying(size: int) -> bytes:
    """An entry that declares a few bytes and unpacks to many."""
    data = zeros(size)
    return patched(patched(data, b"PK\x03\x04", 22, struct.pack("<L", 99)), b"PK\x01\x02", 24, struct.pack("<L", 99))


def twice() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(_DOCUMENT, "<a/>")
        packed.writestr(_DOCUMENT.upper(), "<b/>")
    return file.getvalue()


def encrypted() -> bytes:
    data = word(paragraph(run("a")))
    return patched(patched(data, b"PK\x03\x04", 6, b"\x01"), b"PK\x01\x02", 8, b"\x01")


def compound(content: bytes) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + content + bytes(4096)


def open_paragraph(content: str) -> str:
    return f"<w:p>{content}</w:p>"


def equation(content: str) -> str:
    return f"<m:oMath>{content}</m:oMath>"


def nest(pattern: tuple[str, str], depth: int, inside: str) -> str:
    return pattern[0] * depth + inside + pattern[1] * depth


TEXT = paragraph(run("a"))
BOMBS: dict[str, Callable[[], bytes]] = {
    "one entry of 300 MiB": lambda: zeros(300 * len(_HOLE)),
    "an entry of 63 MiB of zeros": lambda: zeros(63 * len(_HOLE)),
    "bzip2 of 100 MiB": lambda: zeros(100 * len(_HOLE), method=zipfile.ZIP_BZIP2),
    "lzma of 80 MiB": lambda: zeros(80 * len(_HOLE), method=zipfile.ZIP_LZMA),
    "a header that declares 99 bytes": lambda: lying(60 * len(_HOLE)),
    "overlapping entries": lambda: repeated_directory(500),
    "ten thousand entries": lambda: archive({f"word/{n}.xml": "" for n in range(10_000)}),
    "two spellings of one name": twice,
    "a ZIP directory of false size": lambda: patched(word(TEXT), b"PK\x05\x06", 12, b"\xff\xff\xff\x7f"),
    "parts of 140 MiB together": lambda: many_parts(28, 5 * len(_HOLE)),
    "encrypted entries": encrypted,
    "encrypted by Word": lambda: compound("EncryptedPackage".encode("utf-16-le")),
    "an old document": lambda: compound(b"WordDocument"),
    "a compound file of nothing": lambda: compound(b""),
    "billion laughs in text": lambda: laughs(9),
    "billion laughs in an attribute": lambda: laughs(9, attribute=True),
    "quadratic entity": lambda: word(
        paragraph("<w:r><w:t>" + "&x;" * 50_000 + "</w:t></w:r>"),
        prolog=f'<!DOCTYPE d [<!ENTITY x "{salted("?", 5_000)}">]>',
    ),
    "600,000 paragraphs without text": lambda: word(salted('<w:p w:rsidR="?"/>', 600_000)),
    "ten million elements": lambda: bare(b"<a>" + b"<b/>" * 10_000_000 + b"</a>"),
    "a million elements in one paragraph": lambda: word(open_paragraph(salted('<w:x w:y="?"/>', 900_000))),
    "300,000 attributes of one element": lambda: word("<w:p " + salted('a?="1" ', 300_000) + "/>" + TEXT),
    "an attribute of 30 MB": lambda: word(f'<w:p w:rsidR="{salted("?", 2_600_000)}"/>' + TEXT),
    "a text of 30 MB": lambda: word(paragraph(run(salted("?", 2_600_000)))),
    "many texts of 9 MB": lambda: word(paragraph(run(salted("?", 700_000))) * 5),
    "50,000 name spaces": lambda: word("".join(f'<x:a xmlns:x="u:{n * 7919}"/>' for n in range(50_000)) + TEXT),
    "nested beyond the parser": lambda: word(nest(("<w:sdt>", "</w:sdt>"), 100_000, TEXT)),
    "tables in tables": lambda: word(salted(nest(("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"), 70, "?"), 900)),
    "a table of 63 columns and 6,000 rows": lambda: word(
        table(*(row(cell(paragraph(run(f"{n * 7919 % 104729:x}")), '<w:gridSpan w:val="63"/>')) for n in range(20_000)))
    ),
    "nested text boxes": lambda: word(
        nest(("<w:p><w:r><w:pict><w:txbxContent>", "</w:txbxContent></w:pict></w:r></w:p>"), 60, TEXT) * 20
    ),
    "nested alternatives": lambda: word(
        open_paragraph(salted(nest(("<mc:AlternateContent><mc:Choice>", "</mc:Choice></mc:AlternateContent>"), 110, "?"), 300))
    ),
    "nested equations": lambda: word(
        open_paragraph(equation(nest(("<m:sSup><m:e>", "</m:e></m:sSup>"), 110, salted("<m:r><m:t>?</m:t></m:r>", 40_000))))
    ),
    "a bracket of 40,000 arguments": lambda: word(
        open_paragraph(equation(nest(("<m:d>", "</m:d>"), 1, salted("<m:e><m:r><m:t>?</m:t></m:r></m:e>", 40_000))))
    ),
    "a fraction of 40,000 denominators": lambda: word(
        open_paragraph(equation(nest(("<m:f>", "</m:f>"), 1, salted("<m:den><m:r><m:t>?</m:t></m:r></m:den>", 40_000))))
    ),
    "styles in a chain": lambda: word(
        "".join(styled(f"S{n}", run("a")) for n in range(9_000)),
        parts=styles(
            "".join(
                f'<w:style w:type="paragraph" w:styleId="S{n}"><w:name w:val="s{n * 7919}"/><w:basedOn w:val="S{n + 1}"/>'
                "</w:style>"
                for n in range(9_000)
            )
        ),
    ),
    "an instance of a list with 40,000 children": lambda: word(
        salted('<w:p w:rsidR="?"><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr></w:p>', 9_000),
        parts=numbering(
            '<w:num w:numId="1">' + salted('<w:x w:y="?"/>', 40_000) + '<w:abstractNumId w:val="1"/></w:num>'
        ),
    ),
    "200,000 abstract lists": lambda: word(TEXT, parts=numbering(salted('<w:abstractNum w:abstractNumId="?"/>', 200_000))),
    "100,000 relationships": lambda: word(
        TEXT, links={f"x{n}": f"http://x.example/{n * 7919}" for n in range(100_000)}
    ),
    "20,000 notes, each named by the last": lambda: word(
        paragraph(run("x") + note(1)),
        footnotes={n: paragraph(run("a") + note(n + 1)) for n in range(1, 20_000)},
    ),
    "200,000 fields that never end": lambda: word(
        open_paragraph(salted('<w:r w:rsidR="?"><w:fldChar w:fldCharType="begin"/></w:r>', 200_000))
    ),
    "100,000 backticks": lambda: word(paragraph(run("`x" * 100_000 + salted("?", 4_000)))),
    "200,000 stars": lambda: word(paragraph(run("*_~" * 70_000 + salted("?", 4_000)))),
    "runs whose look alternates": lambda: word(
        open_paragraph(salted(f"{run('a', '<w:b/>')}{run('?', '<w:i/>')}", 40_000))
    ),
    "UTF-16 of ten million elements": lambda: bare(("\ufeff<a>" + "<b/>" * 5_000_000 + "</a>").encode("utf-16-le")),
    "gzip under the name": lambda: zlib.compress(bytes(50_000_000)),
}  # fmt: skip


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.mark.deep
@pytest.mark.parametrize("make", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_read_or_refused_and_costs_the_caller_little(make: Callable[[], bytes]) -> None:
    data = make()
    before = resident()
    try:
        text, _ = read_word_file(data)
    except _REFUSALS as error:
        text = error.detail
        assert _SENTENCE.fullmatch(text)  # being read is as good as being refused
    assert len(text) < LIMITS.output
    assert resident() - before < 2 * LIMITS.output
    assert read_word_file(word(TEXT)) == ("a\n", "")
