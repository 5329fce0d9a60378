"""`manage.py import_pairs FILE…`: pairs from files, all or nothing for each, with a report of every refused line."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from training import presenters
from training.contract import paths
from training.models import DataImport
from training.pairs import file_import
from training.pairs.file_formats import FORMATS
from training.states import ImportState
from youman.core.errors import YoumanError


class Command(BaseCommand):
    help = "Import pairs from files of JSON lines, JSON, CSV or Parquet. Exits 1 when a file could not be imported."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", help="files with the columns original and humanized")
        parser.add_argument("--format", choices=FORMATS, default="", help="detected from the content when left out")
        parser.add_argument(
            "--licence", default="", help="the licence under which models may train on the pairs; shown in data cards"
        )
        parser.add_argument(
            "--no-scores", action="store_true", help="do not compute the quality score, which is faster"
        )
        parser.add_argument(
            "--partial", action="store_true", help="import the good lines of a file although others are refused"
        )

    def handle(self, *args: object, **options: object) -> None:
        files = options["files"]
        assert isinstance(files, list)
        failed = [problem for name in files if (problem := self._one(Path(name), options))]
        if failed:
            raise CommandError("\n".join(failed))

    def _one(self, path: Path, options: dict[str, object]) -> str:
        """Import one file; return why that failed, or an empty text."""
        started = time.monotonic()
        try:
            with path.open("rb") as file:
                row = file_import.import_pairs(
                    file=file,
                    name=path.name,
                    format=str(options["format"]),
                    actor="manage.py",
                    licence=str(options["licence"]),
                    scored=not options["no_scores"],
                    partial=bool(options["partial"]),
                    progress=self._progress,
                )
        except OSError as error:
            return f"{path} cannot be read: {error.strerror}"
        except YoumanError as error:
            return f"{path.name}: {error.detail}"
        self._report(row, time.monotonic() - started)
        return "" if row.state == ImportState.COMPLETED else f"{path.name}: {row.error}"

    def _progress(self, row: DataImport) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{presenters.import_progress(row)}", ending="")

    def _report(self, row: DataImport, seconds: float) -> None:
        if sys.stderr.isatty():
            self.stderr.write("")
        rate = row.lines / max(seconds, 1e-9)
        self.stdout.write(
            f"{row.name}: {row.accepted:,} pairs imported, {row.duplicates:,} already known, {row.refused:,} refused; "
            f"{rate:,.0f} pairs/s"
        )
        for entry in row.report[:10]:
            self.stdout.write(f"  line {entry['line']}: {entry['problem']}")
        if row.refused + row.duplicates > 10:
            self.stdout.write(f"  complete report: {paths.report_file(row.pk)}")
