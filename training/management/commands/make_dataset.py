"""`manage.py make_dataset NAME`: freezes a query into a dataset."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from training.datasets.freezing import SOURCES, DatasetQuery, freeze
from youman.core.errors import YoumanError


class Command(BaseCommand):
    help = "Freeze the pairs that a query finds into a dataset."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--min-quality", type=float, help="0 to 1; leaves unscored pairs out")
        parser.add_argument("--language", action="append", default=[], help="repeatable")
        parser.add_argument("--strategy", action="append", default=[], help="repeatable")
        parser.add_argument("--domain", action="append", default=[], help="repeatable")
        parser.add_argument("--source", choices=SOURCES, default="all")
        parser.add_argument("--per-author", type=int, default=500, help="the most pairs of one author (500)")
        parser.add_argument("--per-cluster", type=int, default=1, help="the most of near duplicates (1)")
        parser.add_argument("--limit", type=int)

    def handle(self, *args: object, **options: object) -> None:
        def many(name: str) -> tuple[str, ...]:
            found = options[name]
            assert isinstance(found, list)
            return tuple(found)

        query = DatasetQuery(
            min_quality=options["min_quality"],  # type: ignore[arg-type]  # argparse has made it a number
            languages=many("language"),
            strategies=many("strategy"),
            domains=many("domain"),
            source=str(options["source"]),
            per_author=int(str(options["per_author"])),
            per_cluster=int(str(options["per_cluster"])),
            limit=options["limit"],  # type: ignore[arg-type]  # as above
        )
        try:
            row = freeze(name=str(options["name"]), query=query, actor="manage.py")
        except YoumanError as error:
            raise CommandError(error.detail) from error
        splits = ", ".join(f"{count:,} {split}" for split, count in sorted(row.counts["split"].items()))
        self.stdout.write(f"{row.name}: {row.points:,} pairs ({splits}), root {row.root}")
