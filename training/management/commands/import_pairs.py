"""`manage.py import_pairs FILE…`: imports pairs from JSONL, CSV or Parquet and reports every refused line."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from training.contract import paths
from training.models import DataImport
from training.pairs import file_import
from training.pairs.file_rows import FORMATS, detect_format
from youman.core.errors import YoumanError


class Command(BaseCommand):
    help = "Import pairs from JSONL, CSV or Parquet files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", help="files with the columns original and humanized")
        parser.add_argument("--format", choices=FORMATS, help="file format (default: from the file extension)")
        parser.add_argument(
            "--licence", default="", help="the licence under which models may train on the pairs; shown in data cards"
        )
        parser.add_argument(
            "--no-scores", action="store_true", help="do not compute the quality score, which is faster"
        )

    def handle(self, *args: object, **options: object) -> None:
        files = options["files"]
        assert isinstance(files, list)
        for name in files:
            self._import(Path(name), options)

    def _import(self, path: Path, options: dict[str, object]) -> None:
        started = time.monotonic()
        try:
            with path.open("rb") as file:
                row = file_import.import_pairs(
                    file=file,
                    name=path.name,
                    format=str(options["format"] or detect_format(path.name)),
                    actor="manage.py",
                    licence=str(options["licence"]),
                    scored=not options["no_scores"],
                    progress=self._progress,
                )
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error
        except YoumanError as error:
            raise CommandError(error.detail) from error
        self._report(row, time.monotonic() - started)

    def _progress(self, lines: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{lines:,} lines", ending="")

    def _report(self, row: DataImport, seconds: float) -> None:
        rate = row.lines / max(seconds, 1e-9)
        self.stdout.write(
            f"{row.name}: {row.accepted:,} pairs imported, {row.duplicates:,} already known, {row.refused:,} refused; "
            f"{rate:,.0f} pairs/s"
        )
        for entry in row.report[:10]:
            self.stdout.write(f"  line {entry['line']}: {entry['problem']}")
        if row.refused + row.duplicates > 10:
            self.stdout.write(f"  complete report: {paths.report_file(row.pk)}")
