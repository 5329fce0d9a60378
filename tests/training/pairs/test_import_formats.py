"""Files of pairs in the dialects that people's programs write: read, or named for what they are."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from itertools import product

import pytest

from tests.training.pairs.test_file_import import parquet, row, take
from training.errors import UnreadablePairs
from training.models import TrainingDataPoint

pytestmark = pytest.mark.django_db
ROWS = [row(number) for number in range(4)]


def csv_text(delimiter: str, end: str, header: tuple[str, str] = ("original", "humanized")) -> str:
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter, lineterminator=end)
    writer.writerow(header)
    writer.writerows((one["original"], one["humanized"]) for one in ROWS)
    return target.getvalue()


DIALECTS = list(product([",", ";", "\t", "|"], ["\n", "\r\n", "\r"], ["utf-8", "utf-8-sig", "utf-16"]))


@pytest.mark.parametrize(("delimiter", "end", "encoding"), DIALECTS)
@pytest.mark.parametrize("name", ["pairs.csv", "pairs.jsonl"])
def test_csv_in_every_dialect_is_read(delimiter: str, end: str, encoding: str, name: str) -> None:
    done = take(csv_text(delimiter, end).encode(encoding), name=name)
    assert (done.state, done.format, done.lines, done.accepted) == ("completed", "csv", 4, 4)


@pytest.mark.parametrize(
    "header", [("Original", "HUMANIZED"), (" source ", "target"), ("before", "After"), ("AI", "human")]
)
def test_headers_are_read_in_any_case(header: tuple[str, str]) -> None:
    assert take(csv_text(";", "\r\n", header).encode()).accepted == 4


JSON_FILES: list[Callable[[], str]] = [
    lambda: json.dumps(ROWS),
    lambda: json.dumps(ROWS, indent=2),
    lambda: json.dumps(ROWS, indent=2).replace("\n", "\r\n"),
    lambda: json.dumps({"pairs": ROWS}),
    lambda: json.dumps({"version": 1, "meta": {"by": ["x"]}, "data": ROWS}, indent=1),
    lambda: "\n\n " + json.dumps(ROWS, ensure_ascii=False),
    lambda: "\n".join(json.dumps(one) for one in ROWS),
    lambda: "\r".join(json.dumps(one) for one in ROWS),
    lambda: "\r\n\r\n".join(json.dumps(one) for one in ROWS) + "\r\n",
]


@pytest.mark.parametrize("make", JSON_FILES, ids=range(len(JSON_FILES)))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_json_in_every_shape_is_read(make: Callable[[], str], encoding: str) -> None:
    done = take(make().encode(encoding), name="pairs.txt")
    assert (done.state, done.lines, done.accepted) == ("completed", 4, 4)


def test_a_quoted_field_may_hold_line_ends_and_delimiters() -> None:
    data = 'original;humanized\r\n"First; line one.\r\nLine two of it.";"First, line one.\r\nLine two."\r\n'
    assert take(data.encode()).accepted == 1
    assert TrainingDataPoint.objects.get().original == "First; line one.\r\nLine two of it."


def zipped() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return target.getvalue()


NAMED = [
    (zipped(), "ZIP archive or an Excel workbook"),
    (gzip.compress(b"x"), "compressed with gzip"),
    (b"%PDF-1.7 x", "PDF document"),
    (b"SQLite format 3\x00", "SQLite database"),
    (b"\xd0\xcf\x11\xe0 xls", "old Excel workbook"),
    (b"<html><table>", "XML or HTML"),
    (b"a;b;c\n1;2;3\n", "It has a, b, c; needed are original"),
    (b"just a sentence\nand another one\n", "needed are original"),
    (b"", "The CSV file is empty"),
    (b'[{"original": "x"', "damaged at line 1"),
    (b'{"version": 1}', "cannot be imported|None of the"),
    (b'[{"original": "a", "humanized": "b"}', "ends early|cut off"),
]


@pytest.mark.parametrize(("data", "message"), NAMED, ids=[one[1][:20] for one in NAMED])
def test_what_cannot_be_read_is_named_for_what_it_is(data: bytes, message: str) -> None:
    try:
        problem = take(data).error
    except UnreadablePairs as error:
        problem = error.detail
    assert any(part in problem for part in message.split("|")), problem
    assert TrainingDataPoint.objects.count() == 0


def test_windows_letters_are_refused_by_name() -> None:
    done = take("original;humanized\nEin schöner Tag war das.;Das war ein schöner Tag.\n".encode("cp1252"))
    assert (done.state, done.accepted) == ("failed", 0)
    assert "not UTF-8; save the file as UTF-8" in done.report[0]["problem"]


def test_a_wrong_format_is_named() -> None:
    with pytest.raises(UnreadablePairs, match="holds JSON, not CSV"):
        take(json.dumps(ROWS).encode(), format="csv")


def test_a_json_array_of_any_size_is_read_piece_by_piece() -> None:
    many = [
        {"original": f"{one['original']} {number}", "humanized": one["humanized"]}
        for number in range(700)
        for one in ROWS
    ]
    done = take(json.dumps(many).encode())
    assert (done.lines, done.accepted) == (2_800, 2_800)


def test_parquet_is_known_without_its_ending() -> None:
    assert take(parquet(ROWS), name="pairs").format == "parquet"
