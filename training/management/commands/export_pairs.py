"""`manage.py export_pairs DATASET FOLDER`: exports a frozen dataset in the layout of Hugging Face `datasets`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from training import selectors
from training.datasets import export
from youman.core.errors import YoumanError


class Command(BaseCommand):
    help = "Write a dataset as JSONL or Parquet, with its data card."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dataset", help="name of the dataset")
        parser.add_argument("folder", help="folder in which data/ and README.md are written")
        parser.add_argument("--format", choices=export.FORMATS, default="jsonl", help="file format (default: jsonl)")

    def handle(self, *args: object, **options: object) -> None:
        try:
            dataset = selectors.dataset_named(str(options["dataset"]))
            paths = export.export_dataset(dataset, Path(str(options["folder"])), str(options["format"]))
        except YoumanError as error:
            raise CommandError(error.detail) from error
        except OSError as error:
            raise CommandError(f"{options['folder']} cannot be written: {error.strerror}") from error
        for path in paths:
            self.stdout.write(str(path))
