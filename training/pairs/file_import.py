"""Imports files of pairs, batch by batch, with a report of every refused line.

Each batch is its own transaction: a killed import can be repeated, and the pairs that are stored count as duplicates.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import IO, BinaryIO

from training.contract import paths
from training.models import DataImport
from training.pairs.file_rows import FileRow, read_rows
from training.pairs.ingest import BATCH, IncomingPair, IngestResult, ingest_pairs
from training.pairs.validation import InvalidRow, parse_pair
from youman.core.accounts import audit
from youman.core.errors import InvalidInput

_KEPT_IN_ROW = 200


def import_pairs(
    *,
    file: BinaryIO,
    name: str,
    format: str,
    actor: audit.Actor,
    licence: str = "",
    scored: bool = True,
    max_lines: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> DataImport:
    """Import the pairs that are valid and return the import's row.

    The complete report is a file of JSON lines (`paths.report_file`); the row contains its beginning. `progress` is
    called with the number of lines after each batch. Raises UnreadablePairs, and InvalidInput for more than `max_lines`
    lines.
    """
    row = DataImport.objects.create(
        name=name[:200] or "pairs", licence=licence[:200], imported_by=str(actor)[:200], format=format[:16]
    )
    path = paths.report_file(row.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    tally = _Tally(row)
    with path.open("w", encoding="utf-8") as report:
        for batch in _batches(read_rows(file, format)):
            if max_lines is not None and tally.lines + len(batch) > max_lines:
                tally.save()
                raise InvalidInput(
                    f"The file has more than {max_lines:,} lines; split it, or use manage.py import_pairs"
                )
            _import_batch(batch, tally, report, scored)
            tally.save()
            if progress:
                progress(tally.lines)
    audit.record(actor=actor, verb="import pairs", subject=row, after={"accepted": row.accepted, "lines": row.lines})
    return row


class _Tally:
    """The counts of one import, and the first refused lines."""

    def __init__(self, row: DataImport) -> None:
        self._row = row
        self.lines = 0
        self.outcomes: Counter[str] = Counter()
        self.report: list[dict[str, object]] = []

    def refuse(self, number: int, outcome: str, problem: str, report: IO[str]) -> None:
        self.outcomes[outcome] += 1
        entry = {"line": number, "outcome": outcome, "problem": problem}
        report.write(json.dumps(entry, ensure_ascii=False) + "\n")
        if len(self.report) < _KEPT_IN_ROW:
            self.report.append(entry)

    def save(self) -> None:
        row = self._row
        row.lines, row.accepted, row.duplicates = self.lines, self.outcomes["accepted"], self.outcomes["duplicate"]
        row.refused = self.lines - row.accepted - row.duplicates
        row.report = self.report
        row.save(update_fields=["lines", "accepted", "duplicates", "refused", "report"])

    def assign(self, pair: IncomingPair) -> IncomingPair:
        return replace(pair, data_import_id=self._row.pk)


def _batches(lines: Iterator[FileRow]) -> Iterator[list[FileRow]]:
    batch: list[FileRow] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _import_batch(batch: list[FileRow], tally: _Tally, report: IO[str], scored: bool) -> None:
    numbers, pairs = [], []
    for line in batch:
        tally.lines += 1
        if line.fields is None:
            tally.refuse(line.number, "refused", line.problem, report)
            continue
        try:
            pairs.append(tally.assign(parse_pair(line.fields)))
            numbers.append(line.number)
        except InvalidRow as error:
            tally.refuse(line.number, "refused", error.problem, report)
    for number, result in zip(numbers, ingest_pairs(pairs, scored=scored), strict=True):
        _note(number, result, tally, report)


def _note(number: int, result: IngestResult, tally: _Tally, report: IO[str]) -> None:
    if result.outcome == "accepted":
        tally.outcomes["accepted"] += 1
    else:
        tally.refuse(number, result.outcome, result.detail, report)
