"""`manage.py make_dataset NAME`: freezes the pairs that match a query into a dataset."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from training.datasets.freezing import SOURCES, DatasetQuery, freeze
from youman.core.errors import YoumanError


class Command(BaseCommand):
    help = "Freeze the pairs that match a query into a dataset."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="name of the new dataset")
        parser.add_argument("--min-quality", type=float, help="minimum quality, 0 to 1; excludes unscored pairs")
        parser.add_argument("--language", action="append", default=[], help="language code, such as en; repeatable")
        parser.add_argument("--strategy", action="append", default=[], help="register, such as casual; repeatable")
        parser.add_argument("--domain", action="append", default=[], help="domain, such as news; repeatable")
        parser.add_argument("--source", choices=SOURCES, default="all", help="where pairs come from (default: all)")
        parser.add_argument("--per-author", type=int, default=500, help="maximum pairs per author (default: 500)")
        parser.add_argument(
            "--per-cluster", type=int, default=1, help="maximum pairs per near-duplicate cluster (default: 1)"
        )
        parser.add_argument("--limit", type=int, help="maximum pairs in the dataset")

    def handle(self, *args: object, **options: object) -> None:
        def many(name: str) -> tuple[str, ...]:
            values = options[name]
            assert isinstance(values, list)
            return tuple(values)

        query = DatasetQuery(
            min_quality=options["min_quality"],  # type: ignore[arg-type]  # argparse has converted it to a number
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
