"""The rows of a JSONL, CSV or Parquet file, one by one in bounded memory.

Files are not trusted: an invalid line is refused with its number, a file of another format is refused as a whole.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from training.errors import UnreadablePairs

MAX_LINE_BYTES = 1_000_000
MAX_ROWS = 2_000_000
_MAX_GROUP_BYTES = 512 * 1024 * 1024
FORMATS = ("jsonl", "csv", "parquet")

Fields = dict[str, object]


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of the file, or the problem with it. Numbers begin with 1; in CSV the header is line 1."""

    number: int
    fields: Fields | None
    problem: str = ""


def detect_format(name: str) -> str:
    """Return the format that the file extension names. Raises UnreadablePairs for an unknown one."""
    ending = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet"}.get(
        Path(name).suffix.lower()
    )
    if ending is None:
        raise UnreadablePairs(
            f"{Path(name).name[:80]!r} does not end in .jsonl, .csv or .parquet; state the format explicitly"
        )
    return ending


def read_rows(file: BinaryIO, format: str) -> Iterator[FileRow]:
    """Yield the rows of a file. Raises UnreadablePairs if the file does not have the format or is too long."""
    readers: dict[str, Callable[[BinaryIO], Iterator[FileRow]]] = {"jsonl": _jsonl, "csv": _csv, "parquet": _parquet}
    if format not in readers:
        raise UnreadablePairs(f"format must be one of {', '.join(FORMATS)}")
    for line in readers[format](file):
        if line.number > MAX_ROWS:
            raise UnreadablePairs(f"The file has more than {MAX_ROWS:,} lines; split it")
        yield line


def _jsonl(file: BinaryIO) -> Iterator[FileRow]:
    number = 0
    while data := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(data) > MAX_LINE_BYTES:
            while data and not data.endswith(b"\n"):
                data = file.readline(MAX_LINE_BYTES)
            yield FileRow(number, None, f"the line is longer than {MAX_LINE_BYTES:,} bytes")
        elif data.strip():
            yield _json_line(number, data)


def _json_line(number: int, data: bytes) -> FileRow:
    try:
        value = json.loads(data.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError:
        return FileRow(number, None, "not UTF-8")
    except (ValueError, RecursionError):
        return FileRow(number, None, "not JSON")
    return FileRow(number, value) if isinstance(value, dict) else FileRow(number, None, "not a JSON object")


def _csv(file: BinaryIO) -> Iterator[FileRow]:
    csv.field_size_limit(MAX_LINE_BYTES)
    # A line that is not UTF-8 is refused by itself and does not make the whole file unreadable.
    text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        reader = csv.reader(text, strict=True)
        header = next(reader, None)
        if not header:
            raise UnreadablePairs("The CSV file is empty; its first line names the columns")
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            yield _csv_line(reader.line_num, [name.strip() for name in header], row)
    except csv.Error as error:
        raise UnreadablePairs(f"The CSV file is damaged after line {reader.line_num}: {error}") from error
    finally:
        text.detach()


def _csv_line(number: int, header: list[str], row: list[str]) -> FileRow:
    if len(row) != len(header):
        return FileRow(number, None, f"{len(row)} fields where the header has {len(header)}")
    if any("\udc80" <= sign <= "\udcff" for field in row for sign in field):
        return FileRow(number, None, "not UTF-8")
    return FileRow(number, dict(zip(header, row, strict=True)))


def _parquet(file: BinaryIO) -> Iterator[FileRow]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.ParquetFile(file)
        groups = [table.metadata.row_group(at).total_byte_size for at in range(table.metadata.num_row_groups)]
        if table.metadata.num_rows > MAX_ROWS or max(groups, default=0) > _MAX_GROUP_BYTES:
            raise UnreadablePairs(
                f"The Parquet file has more than {MAX_ROWS:,} rows or a row group larger than 512 MiB; split it"
            )
        number = 0
        for batch in table.iter_batches(batch_size=1_000):
            for fields in batch.to_pylist():
                number += 1
                yield FileRow(number, fields)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise UnreadablePairs("The file is not in Parquet format, or it is damaged") from error
