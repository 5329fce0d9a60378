"""Text from an uploaded .txt, .md or .docx. A Word file's headings, lists and tables become Markdown."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

from humanize.errors import FileTooLarge, UnknownFileType, UnreadableText
from humanize.uploads.word_process import read_word_file
from humanize.validation import check_text, count_words

MAX_BYTES = 20 * 1024 * 1024
_FORMATS = {".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown", ".docx": "markdown"}


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Extracted:
    """A file's text. `not_read` is one line about what a Word file holds besides, "" where nothing was left out."""

    title: str
    text: str
    format: str
    words: int
    not_read: str = ""


def extract(name: str, file: Readable) -> Extracted:
    """Read a file by its name's ending.

    Raises UnknownFileType, FileTooLarge, UnreadableText, ArchiveRefused, InvalidInput for an empty text, and
    Unavailable while other Word files keep every reader busy.
    """
    path = PurePath(name.replace("\\", "/"))
    suffix = path.suffix.lower()
    if suffix not in _FORMATS:
        raise UnknownFileType(f"{path.name[:80]!r} cannot be read; save it as .txt, .md or .docx")
    data = file.read(MAX_BYTES + 1)
    _check_size(data)
    text, left_out = read_word_file(data) if suffix == ".docx" else (decode(data, "The file"), "")
    title = path.stem[:200] or "Untitled"
    return Extracted(title, check_text(text, "the file"), _FORMATS[suffix], count_words(text), left_out)


def read_input(data: bytes, name: str) -> tuple[str, str]:
    """Return the text of a file or of standard input ("-"), and one line about what was not read, "" for nothing.

    Raises FileTooLarge, UnreadableText, ArchiveRefused and Unavailable.
    """
    if is_word_file(name, data):
        _check_size(data)
        return read_word_file(data)
    return decode(data, "standard input" if name == "-" else name), ""


def is_word_file(name: str, data: bytes) -> bool:
    """Tell a Word file by its name, or by the archive that it is."""
    return PurePath(name).suffix.lower() == ".docx" or data.startswith(_ZIP)


def _check_size(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise FileTooLarge(f"The file is over {MAX_BYTES // 1024 // 1024} MB; split it, or paste the text")


_ZIP = b"PK\x03\x04"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BINARY = (b"\x00", b"%PDF-", _ZIP, b"\xd0\xcf\x11\xe0")


def decode(data: bytes, name: str = "the input") -> str:
    """The characters of the file, a byte-order mark of UTF-8 among them. Raises UnreadableText naming the fix."""
    if data.startswith(_UTF16):
        return _decode_utf16(data, name)
    if data.startswith(_BINARY[1:]) or b"\x00" in data:
        raise UnreadableText(f"{name} is a binary file, not text; save it as .txt, .md or .docx")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableText(
            f"{name} is not UTF-8 (byte {error.start:,}); save it as UTF-8, or convert it: "
            "iconv -f WINDOWS-1252 -t UTF-8"
        ) from error


def _decode_utf16(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-16")
    except UnicodeDecodeError as error:
        raise UnreadableText(f"{name} begins as UTF-16 but is damaged; save it as UTF-8") from error
