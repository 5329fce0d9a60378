"""`manage.py sync_catalogue`: part of every release, and of `make run`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from serving.catalogue.file import FILE, read_catalogue
from serving.catalogue.sync import sync_catalogue
from youman.core.errors import YoumanError


class Command(BaseCommand):
    help = "Write the catalogue of vendors' models and their deployments to the database; keep what staff changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="print what would change, and change nothing")
        parser.add_argument("--file", type=Path, default=FILE, help="a catalogue of your own (TOML)")

    def handle(self, *args: object, **options: object) -> None:
        dry = bool(options["dry_run"])
        try:
            changes = sync_catalogue(read_catalogue(Path(str(options["file"]))), dry_run=dry)
        except YoumanError as error:
            raise CommandError(error.detail) from error
        if options["verbosity"]:
            for change in changes:
                self.stdout.write(str(change))
            actions = [change.action for change in changes]
            created, updated, kept = (actions.count(action) for action in ("create", "update", "keep"))
            would = "would be " if dry else ""
            self.stdout.write(f"{created} {would}created, {updated} {would}updated, {kept} kept as staff changed them")
