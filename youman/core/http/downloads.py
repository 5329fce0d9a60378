"""What a person downloads: names that every browser takes, and CSV whose cells no spreadsheet runs."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import IO
from urllib.parse import quote

_LONGEST_NAME = 150
_UNSAFE = re.compile(r"[^A-Za-z0-9 ._()+@=-]")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u2212")  # the full-width forms among them
_KEPT_AS_TEXT = "'"


def attachment(name: str) -> str:
    """Return a Content-Disposition by which the browser saves a file under this name (RFC 6266).

    A name beyond plain ASCII is sent twice: once in ASCII for old readers, and once whole (RFC 5987). Folders, control
    characters and marks that turn the direction of text are left out, so no name adds a header or shows a false ending.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    clean = "".join(filter(str.isprintable, last)).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if len(clean) > _LONGEST_NAME:
        clean = f"{stem[: _LONGEST_NAME - 20]}{dot}{ending[:19]}"
    clean = clean or "download"
    plain = unicodedata.normalize("NFKD", clean).encode("ascii", "ignore").decode()
    plain = _UNSAFE.sub("_", plain).strip(" .")
    if not plain.partition(".")[0].strip(" _"):  # nothing of the name is ASCII, or only its ending
        plain = f"download{plain[plain.index('.') :]}" if "." in plain else "download"
    header = f'attachment; filename="{plain}"'
    return header if plain == clean else f"{header}; filename*=UTF-8''{quote(clean, safe='')}"


def write_csv(file: IO[str], rows: Iterable[Sequence[str]]) -> None:
    """Write rows for a person's spreadsheet: a text that it would run as a formula gets an apostrophe before it."""
    csv.writer(file).writerows([harmless(cell) for cell in row] for row in rows)


def harmless(cell: str) -> str:
    """Return the cell as it is, numbers among others, or with an apostrophe before what begins a formula."""
    start = cell.lstrip()
    begins = start.startswith(_FORMULA) or cell[:1] in {"\t", "\r", "\n"} or (start[:1] and not start[0].isprintable())
    return f"{_KEPT_AS_TEXT}{cell}" if begins and not _NUMBER.fullmatch(cell) else cell
