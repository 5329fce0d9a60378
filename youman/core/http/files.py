"""Files that come and go: their names in both directions, and CSV whose cells no spreadsheet runs."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import IO
from urllib.parse import quote

_LONGEST_NAME, _LONGEST_ENDING = 130, 19
_LONGEST_UPLOAD_NAME = 255
_MAIL_WORDS = re.compile(
    r"=\?[\w-]{1,40}\?[bqBQ]\?[^?\s]{0,400}\?=(?: ?=\?[\w-]{1,40}\?[bqBQ]\?[^?\s]{0,400}\?=){0,20}"
)
_UNSAFE = re.compile(r"[^A-Za-z0-9 ._()+@=-]")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212")  # the full-width forms among them
_KEPT_AS_TEXT = "'"


def attachment(name: str) -> str:
    """Return a Content-Disposition by which the browser saves a file under this name (RFC 6266).

    A name beyond plain ASCII is sent twice: once in ASCII for old readers, and once whole (RFC 5987). Folders, control
    characters and marks that turn the direction of text are left out, so no name adds a header or shows a false ending.
    """
    clean = _last_part(name).strip(" .")
    stem, dot, ending = clean.rpartition(".") if "." in clean else (clean, "", "")
    stem, ending = stem[:_LONGEST_NAME] or "download", ending[:_LONGEST_ENDING]
    clean, plain = f"{stem}{dot}{ending}", f"{_plain(stem) or 'download'}{dot}{_plain(ending)}".strip(".")
    header = f'attachment; filename="{plain}"'
    return header if plain == clean else f"{header}; filename*=UTF-8''{quote(clean, safe='')}"


def _plain(text: str) -> str:
    """A text in ASCII; "" where nothing of it is."""
    ascii_ = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _UNSAFE.sub("_", ascii_).strip(" .")


def upload_name(name: str | None) -> str:
    """Return the name of an uploaded file without its folders and without characters that do not show; "" for none.

    The request's parser has decoded what percent signs stand for, once, and they are not decoded again. Some clients
    write names as mail does (RFC 2047), which the parser leaves alone; that is decoded here, once.
    """
    text = name or ""
    if _MAIL_WORDS.fullmatch(text):
        with suppress(HeaderParseError, LookupError, ValueError):
            text = str(make_header(decode_header(text)))
    return _last_part(text)[:_LONGEST_UPLOAD_NAME]


def _last_part(name: str) -> str:
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    return "".join(filter(str.isprintable, last))


def write_csv(file: IO[str], rows: Iterable[Sequence[str]]) -> None:
    """Write rows for a person's spreadsheet: a text that it would run as a formula gets an apostrophe before it."""
    csv.writer(file).writerows([harmless(cell) for cell in row] for row in rows)


def harmless(cell: str) -> str:
    """Return the cell as it is, numbers among others, or with an apostrophe before what begins a formula."""
    start = cell.lstrip()
    begins = start.startswith(_FORMULA) or cell[:1] in {"\t", "\r", "\n"} or (start[:1] and not start[0].isprintable())
    return f"{_KEPT_AS_TEXT}{cell}" if begins and not _NUMBER.fullmatch(cell) else cell
