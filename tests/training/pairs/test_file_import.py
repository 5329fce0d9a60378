from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest

from tests.training.sample_pairs import pair
from training.contract import paths
from training.errors import UnreadablePairs
from training.models import DataImport, TrainingDataPoint
from training.pairs import file_import

pytestmark = pytest.mark.django_db


def take(data: bytes, format: str = "", name: str = "pairs", partial: bool = False) -> DataImport:
    file = io.BytesIO(data)
    return file_import.import_pairs(file=file, name=name, format=format, actor="tests", scored=False, partial=partial)


def row(number: int, **more: object) -> dict[str, object]:
    one = pair(number)
    return {"original": one.original, "humanized": one.humanized, **more}


def jsonl(*rows: object) -> bytes:
    return "\n".join(json.dumps(one) for one in rows).encode()


def parquet(rows: list[dict[str, object]]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet as pq

    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), file)
    return file.getvalue()


def csv_of(rows: list[dict[str, object]]) -> bytes:
    lines = ["original,humanized", *(f'"{one["original"]}","{one["humanized"]}"' for one in rows)]
    return "\r\n".join(lines).encode("utf-8-sig")


@pytest.mark.parametrize(
    ("format", "make"), [("jsonl", lambda rows: jsonl(*rows)), ("csv", csv_of), ("parquet", parquet)]
)
def test_each_format_gives_the_same_pairs(format: str, make: Callable[[list[dict[str, object]]], bytes]) -> None:
    done = take(make([row(number) for number in range(5)]), format)
    assert (done.lines, done.accepted, done.refused, done.duplicates) == (5, 5, 0, 0)
    assert set(TrainingDataPoint.objects.values_list("original", flat=True)) == {row(n)["original"] for n in range(5)}


def test_every_refused_line_is_named_with_its_fix_and_the_rest_is_imported() -> None:
    bad = [
        {"original": "x"},
        {"original": 3, "humanized": "y"},
        {"original": "a\x00b", "humanized": "y"},
        {"original": "  ", "humanized": "y"},
        row(1, level=9),
        row(2, strategy="loud"),
        row(3, language="englisch!"),
        row(4, author=["a"]),
        row(5, rating=True),
        [1, 2],
    ]
    data = jsonl(row(0), *bad) + b"\nnot json\n\xff\xfe\n" + b"[" * 100_000 + b"\n" + jsonl(row(0), row(6))
    done = take(data, partial=True)
    assert (done.lines, done.accepted, done.duplicates, done.refused) == (16, 2, 1, 13)
    problems = [(entry["line"], entry["problem"]) for entry in done.report]
    assert problems == [
        (2, "humanized is missing or empty (other accepted names: target, after, output, edited, human)"),
        (3, "original must be a string"),
        (4, "original contains the control character U+0000; remove it"),
        (5, "original is blank"),
        (6, "level must be a whole number from 1 to 5, or left out"),
        (7, "strategy must be one of casual, professional, academic, or left out"),
        (8, "language must be a code of two or three letters, such as en, or left out"),
        (9, "author must be a string of up to 200 characters"),
        (10, "rating must be a whole number from 1 to 5, or left out"),
        (11, "not a JSON object"),
        (12, "not JSON"),
        (13, "not UTF-8; save the file as UTF-8 (it looks like Windows-1252 or another encoding)"),
        (14, "not JSON"),
        (15, "this pair is already stored"),
    ]
    written = paths.report_file(done.pk).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["line"] for line in written] == [line for line, _ in problems]


@pytest.mark.parametrize(
    ("data", "format", "message"),
    [
        (b"", "csv", "The CSV file is empty; its first line names the columns"),
        (b"PAR1 nonsense", "parquet", "The file is not in Parquet format, or it is damaged"),
        (b"", "xml", "format must be one of jsonl, json, csv, parquet"),
    ],
)
def test_a_file_of_another_format_is_refused_as_a_whole(data: bytes, format: str, message: str) -> None:
    try:
        problem = take(data, format).error
    except UnreadablePairs as error:
        problem = error.detail
    assert problem == message
    assert TrainingDataPoint.objects.count() == 0


def test_csv_lines_with_other_columns_or_broken_letters_are_named() -> None:
    done = take(b"original,humanized\na b c d,x\na,b,c\n\xff,x\n", "csv", partial=True)
    assert [(entry["line"], entry["problem"]) for entry in done.report] == [
        (3, "3 fields where the header has 2"),
        (4, "not UTF-8; save the file as UTF-8 (it looks like Windows-1252 or another encoding)"),
    ]
    assert done.accepted == 1


def test_an_endless_line_is_skipped_in_bounded_memory() -> None:
    done = take(b'{"original": "' + b"x" * 3_000_000 + b'"}\n' + jsonl(row(1)), partial=True)
    assert [entry["problem"] for entry in done.report] == ["the line is longer than 1,000,000 bytes"]
    assert done.accepted == 1


def test_running_an_import_again_adds_nothing() -> None:
    data = jsonl(*(row(number) for number in range(4)))
    take(data)
    again = take(data)
    assert (again.accepted, again.duplicates) == (0, 4)
