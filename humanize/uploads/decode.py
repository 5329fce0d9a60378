"""Text from bytes: UTF-8, or UTF-16 that says so. Anything else is refused with the way out."""

from __future__ import annotations

import codecs

from humanize.errors import UnreadableText

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BINARY = (b"\x00", b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def decode(data: bytes, name: str = "the input") -> str:
    """Raises UnreadableText naming the fix. A byte-order mark is dropped."""
    if data.startswith(_UTF16):
        return _decode_utf16(data, name)
    if data.startswith(_BINARY[1:]) or b"\x00" in data:
        raise UnreadableText(f"{name} is a binary file, not text; save it as .txt, .md or .docx")
    try:
        return data.decode("utf-8-sig")
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
