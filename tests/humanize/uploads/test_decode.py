from __future__ import annotations

import pytest

from humanize.errors import UnreadableText
from humanize.uploads.extract import decode


def test_utf8_is_read_as_it_stands_with_its_mark_and_line_ends() -> None:
    assert decode("café".encode()) == "café"
    assert decode(b"\xef\xbb\xbfhi\r\nyou\rthere\n\n") == "\ufeffhi\r\nyou\rthere\n\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_with_its_mark_is_read(encoding: str) -> None:
    mark = "" if encoding == "utf-16" else "\ufeff"
    assert decode((mark + "naïve 字").encode(encoding)) == "naïve 字"


@pytest.mark.parametrize(
    ("data", "start"),
    [
        (b"\x7fELF\x00\x01", "the input is a binary file"),
        (b"%PDF-1.7 text", "the input is a binary file"),
        (b"PK\x03\x04rest", "the input is a binary file"),
        (b"caf\xe9 au lait", "the input is not UTF-8 (byte 3)"),
        (b"\xff\xfea", "the input begins as UTF-16 but is damaged"),
    ],
)
def test_anything_else_is_refused_with_the_way_out(data: bytes, start: str) -> None:
    with pytest.raises(UnreadableText) as caught:
        decode(data)
    assert caught.value.detail.startswith(start)
    assert "save it as" in caught.value.detail
