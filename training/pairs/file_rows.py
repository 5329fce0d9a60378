"""The rows of a file of pairs, one by one in bounded memory.

Files are not trusted: an invalid line is refused with its number, a file of another format is refused as a whole.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from training.errors import UnreadablePairs
from training.pairs.file_formats import FileKind, column_name, detect_format, find_delimiter, json_items, text_of
from training.pairs.validation import HUMANIZED_NAMES, ORIGINAL_NAMES

MAX_LINE_BYTES = 1_000_000
_MAX_GROUP_BYTES = 512 * 1024 * 1024
_NOT_UTF8 = "not UTF-8; save the file as UTF-8 (it looks like Windows-1252 or another encoding)"

Fields = dict[str, object]


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of the file, or the problem with it. Numbers are lines from 1; in CSV the header is line 1."""

    number: int
    fields: Fields | None
    problem: str = ""


def read_rows(file: BinaryIO, name: str = "", format: str = "") -> Iterator[FileRow]:
    """Yield the rows of a file, from its beginning. Raises UnreadablePairs for a file that holds no pairs."""
    kind = detect_format(file, name, format)
    readers = {"jsonl": _jsonl, "json": _json, "csv": _csv}
    return _parquet(file) if kind.format == "parquet" else readers[kind.format](file, kind)


def _jsonl(file: BinaryIO, kind: FileKind) -> Iterator[FileRow]:
    text = text_of(file, kind.encoding)  # which ends lines at \n, \r\n and \r alike
    number = 0
    try:
        while line := text.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > MAX_LINE_BYTES:
                while line and not line.endswith(("\n", "\r")):
                    line = text.readline(MAX_LINE_BYTES)
                yield FileRow(number, None, f"the line is longer than {MAX_LINE_BYTES:,} bytes")
            elif line.strip().strip("\ufeff"):
                yield _json_line(number, line.strip().strip("\ufeff"))
    finally:
        text.detach()


def _json_line(number: int, line: str) -> FileRow:
    if _has_foreign_bytes(line):
        return FileRow(number, None, _NOT_UTF8)
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return FileRow(number, None, "not JSON")
    return _object(number, found)


def _object(number: int, found: object) -> FileRow:
    return FileRow(number, found) if isinstance(found, dict) else FileRow(number, None, "not a JSON object")


def _json(file: BinaryIO, kind: FileKind) -> Iterator[FileRow]:
    text = text_of(file, kind.encoding)
    try:
        for number, found in json_items(text, MAX_LINE_BYTES):
            values = found.values() if isinstance(found, dict) else ()
            if any(isinstance(value, str) and _has_foreign_bytes(value) for value in values):
                yield FileRow(number, None, _NOT_UTF8)
            else:
                yield _object(number, found)
    finally:
        text.detach()


def _csv(file: BinaryIO, kind: FileKind) -> Iterator[FileRow]:
    csv.field_size_limit(MAX_LINE_BYTES)
    text = text_of(file, kind.encoding)
    reader = None
    try:
        header = text.readline(MAX_LINE_BYTES).strip("\r\n")
        before = 1
        if header.lower().startswith("sep="):  # Excel's own line before the header
            header, before = text.readline(MAX_LINE_BYTES).strip("\r\n"), 2
        if not header.strip("\ufeff \t"):
            raise UnreadablePairs("The CSV file is empty; its first line names the columns")
        delimiter = find_delimiter(header, (ORIGINAL_NAMES, HUMANIZED_NAMES))
        columns = [column_name(one) for one in next(csv.reader([header], delimiter=delimiter))]
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        for row in reader:
            if row:
                yield _csv_line(reader.line_num + before, columns, row)
    except csv.Error as error:
        line = reader.line_num + 1 if reader is not None else 1
        raise UnreadablePairs(f"The CSV file is damaged after line {line}: {error}") from error
    finally:
        text.detach()


def _csv_line(number: int, header: list[str], row: list[str]) -> FileRow:
    if len(row) != len(header):
        return FileRow(number, None, f"{len(row)} fields where the header has {len(header)}")
    if any(_has_foreign_bytes(field) for field in row):
        return FileRow(number, None, _NOT_UTF8)
    return FileRow(number, dict(zip(header, row, strict=True)))


def _has_foreign_bytes(text: str) -> bool:
    return not text.isascii() and any("\udc80" <= sign <= "\udcff" for sign in text)


def _parquet(file: BinaryIO) -> Iterator[FileRow]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(file)
        groups = [table.metadata.row_group(at).total_byte_size for at in range(table.metadata.num_row_groups)]
        if max(groups, default=0) > _MAX_GROUP_BYTES:
            raise UnreadablePairs("The Parquet file holds a row group over 512 MiB; write it with smaller ones")
        number = 0
        for batch in table.iter_batches(batch_size=1_000):
            for fields in batch.to_pylist():
                number += 1
                yield FileRow(number, fields)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise UnreadablePairs("The file is not in Parquet format, or it is damaged") from error
