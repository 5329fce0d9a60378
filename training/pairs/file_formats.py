"""What a file of pairs is, told by its content: JSON lines, a JSON array, CSV in its dialects, or Parquet.

Names and endings are hints that people get wrong; the bytes decide. What cannot be read is named for what it is.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from training.errors import UnreadablePairs

FORMATS = ("jsonl", "json", "csv", "parquet")
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_HEAD = 64 * 1024
_ENDINGS = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".csv": "csv", ".tsv": "csv", ".txt": "",
    ".parquet": "parquet",
}  # fmt: skip
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Files that people take for text: the first bytes, and what to do with them.
_OTHERS = (
    (b"PK\x03\x04", "is a ZIP archive or an Excel workbook (.xlsx); save the sheet as CSV, or unpack the archive"),
    (b"\xd0\xcf\x11\xe0", "is an old Excel workbook (.xls); save the sheet as CSV"),
    (b"\x1f\x8b", "is compressed with gzip; unpack it first"),
    (b"BZh", "is compressed with bzip2; unpack it first"),
    (b"\xfd7zXZ", "is compressed with xz; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "is compressed with zstandard; unpack it first"),
    (b"%PDF", "is a PDF document; export the pairs as CSV or JSON lines"),
    (b"SQLite format 3", "is an SQLite database; export the pairs as CSV or JSON lines"),
)


_TEXT_FIRST = re.compile(r'\{\s*"[^"\\]{1,50}"\s*:\s*"')  # an object whose first value is a text, as a pair's is


@dataclass(frozen=True, slots=True)
class FileKind:
    """How to read a file: its format and, for text, its encoding."""

    format: str
    encoding: str = ""


def detect_format(file: BinaryIO, name: str = "", format: str = "") -> FileKind:
    """Tell the format from the first bytes; `name` and `format` decide only where the content does not.

    Leaves the file at its beginning. Raises UnreadablePairs, which names what the file is instead.
    """
    if format and format not in FORMATS:
        raise UnreadablePairs(f"format must be one of {', '.join(FORMATS)}")
    file.seek(0)
    head = file.read(_HEAD)
    file.seek(0)
    wanted = format or _ENDINGS.get(Path(name).suffix.lower(), "")
    if head.startswith(b"PAR1") or wanted == "parquet":
        if not head.startswith(b"PAR1"):
            raise UnreadablePairs("The file is not in Parquet format, or it is damaged")
        return FileKind("parquet")
    other = next((text for start, text in _OTHERS if head.startswith(start)), "")
    if other:
        raise UnreadablePairs(f"The file {other}")
    encoding = _encoding(head)
    start = head.decode(encoding, "replace").lstrip("\ufeff \t\r\n")
    return FileKind(_text_format(start, wanted), encoding)


def _encoding(head: bytes) -> str:
    found = next((name for bom, name in _BOMS if head.startswith(bom)), "")
    if found:
        return found
    if head[1:200:2].count(0) > len(head[1:200:2]) // 2:
        return "utf-16-le"
    if head[0:200:2].count(0) > len(head[0:200:2]) // 2:
        return "utf-16-be"
    return "utf-8"


def _text_format(start: str, wanted: str) -> str:
    found = ""
    if start.startswith("["):
        found = "json" if not _is_jsonl_of_arrays(start) else "jsonl"
    elif start.startswith("{"):
        found = "jsonl" if _first_line_is_pair(start) else "json"
    elif start.startswith("<"):
        raise UnreadablePairs("The file is XML or HTML; export the pairs as CSV or JSON lines")
    if found and wanted == "csv":
        raise UnreadablePairs(f"The file holds {'JSON lines' if found == 'jsonl' else 'JSON'}, not CSV")
    if found:
        return found
    if wanted in {"jsonl", "json"} and not _looks_like_csv(start):
        return wanted if not start else "jsonl"  # each line is then refused by its number
    return "jsonl" if wanted != "csv" and _later_line_is_pair(start) else "csv"


def _is_jsonl_of_arrays(start: str) -> bool:
    """Whether the first line is an array by itself and another one follows: lines that hold no pairs."""
    lines = start.splitlines()
    try:
        return len(lines) > 1 and isinstance(json.loads(lines[0]), list) and lines[1].lstrip()[:1] in {"[", "{"}
    except (ValueError, RecursionError):
        return False


def _first_line_is_pair(start: str) -> bool:
    first, _, rest = start.replace("\r\n", "\n").replace("\r", "\n").partition("\n")
    if _TEXT_FIRST.match(first) and len(first) > _HEAD // 2:
        return True  # a pair so long that its line goes on after the first bytes
    try:
        found = json.loads(first)
    except RecursionError:
        return True
    except ValueError:
        # A whole object over several lines, or a broken line among lines: those that follow tell.
        return any(line.startswith("{") for line in rest.split("\n"))
    holds_list = isinstance(found, dict) and any(_is_list_of_objects(value) for value in found.values())
    return not holds_list


def _later_line_is_pair(start: str) -> bool:
    """Whether JSON lines follow a first line that is none, which is then refused by its number."""
    for line in start.splitlines()[1:20]:
        try:
            if isinstance(json.loads(line), dict):
                return True
        except (ValueError, RecursionError):
            continue
    return False


def _is_list_of_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _looks_like_csv(start: str) -> bool:
    return any(sign in start.partition("\n")[0].partition("\r")[0] for sign in DELIMITERS)


def find_delimiter(header: str, known: Sequence[Sequence[str]]) -> str:
    """Return the sign that separates the columns of a header line, so that one of each group of names stands in it.

    Raises UnreadablePairs, which lists the columns that the header has and those that it must have.
    """
    columns: dict[str, list[str]] = {}
    for sign in DELIMITERS:
        row = next(csv.reader([header], delimiter=sign), [])
        columns[sign] = [column_name(one) for one in row]
        if all(set(names) & set(columns[sign]) for names in known):
            return sign
    widest = max(columns, key=lambda sign: len(columns[sign]))
    found = ", ".join(one[:40] for one in columns[widest][:12])
    needed = "; ".join(f"{names[0]} (or {', '.join(names[1:])})" for names in known)
    raise UnreadablePairs(
        f"The first line of the CSV file must name the columns, separated by {', '.join(DELIMITERS.values())}. "
        f"It has {found or 'none'}; needed are {needed}"
    )


def column_name(text: str) -> str:
    """Return a column's name as fields are looked up: lower case, without space around it."""
    return text.strip().strip("\ufeff").lower()


def text_of(file: BinaryIO, encoding: str, *, newline: str | None = "") -> io.TextIOWrapper:
    """Open the text of a file; letters that its encoding does not know become surrogates, to be refused by line."""
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    return io.TextIOWrapper(file, encoding=encoding, errors=errors, newline=newline)


def json_items(text: io.TextIOBase, most: int) -> Iterator[tuple[int, object]]:
    """Yield the elements of a JSON array, or of the first list in a JSON object, with the line on which each begins.

    Memory is bounded by `most` characters for one element. Raises UnreadablePairs for anything else.
    """
    reader = _JsonReader(text, most)
    sign = reader.next_sign()
    if sign == "{":
        sign = _skip_to_list(reader)
    if sign != "[":
        raise UnreadablePairs("The JSON file must hold an array of objects, or an object with one")
    reader.take()
    while (sign := reader.next_sign()) != "]":
        if sign == ",":
            reader.take()
            continue
        line = reader.line
        yield line, reader.value()
    reader.take()


def _skip_to_list(reader: _JsonReader) -> str:
    reader.take()
    while (sign := reader.next_sign()) not in {"}", ""}:
        if sign == ",":
            reader.take()
            continue
        reader.value()
        if reader.next_sign() != ":":
            break
        reader.take()
        if reader.next_sign() == "[":
            return "["
        reader.value()
    return ""


class _JsonReader:
    """Reads JSON values one by one from a text that is never in memory as a whole."""

    def __init__(self, text: io.TextIOBase, most: int) -> None:
        self._text, self._most = text, most
        self._buffer, self._at, self._ended = "", 0, False
        self._decoder = json.JSONDecoder()
        self.line = 1

    def next_sign(self) -> str:
        """Return the next character except white space. Raises UnreadablePairs at the end of the file."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in " \t\r\n\ufeff":
                self.take()
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                raise UnreadablePairs(f"The JSON file ends early, after line {self.line}: it is cut off")

    def take(self) -> None:
        self.line += self._buffer[self._at] == "\n"
        self._at += 1

    def value(self) -> object:
        """Read one value. Raises UnreadablePairs."""
        while True:
            try:
                found, end = self._decoder.raw_decode(self._buffer, self._at)
            except RecursionError as error:
                raise UnreadablePairs(f"The JSON file is nested too deeply at line {self.line}") from error
            except ValueError as error:
                if len(self._buffer) - self._at > self._most or not self._more():
                    raise UnreadablePairs(
                        f"The JSON file is damaged at line {self.line}, or one pair is too long"
                    ) from error
                continue
            if end == len(self._buffer) and self._more():
                continue  # a number may go on
            self.line += self._buffer.count("\n", self._at, end)
            self._at = end
            return found

    def _more(self) -> bool:
        data = "" if self._ended else self._text.read(256 * 1024)
        self._ended = not data
        self._buffer, self._at = self._buffer[self._at :] + data, 0
        return bool(data)
