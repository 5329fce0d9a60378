"""`manage.py prune_artifacts`: collect what nothing needs, in two phases; exits 1 when the store is not ours."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError

from registry import selectors
from registry.api.responses import CollectionResponse
from registry.artifacts import retention
from registry.management.command_base import ACTOR, Json, RegistryCommand


class Command(RegistryCommand):
    help = "Mark the artifacts that nothing needs, and delete those marked longer ago than the grace period."

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--grace-days",
            type=float,
            default=retention.GRACE.days,
            help="days between marking and deletion (default 7)",
        )
        parser.add_argument("--model", default="", help="only artifacts of this model")
        parser.add_argument(
            "--unknown",
            action="store_true",
            help="also delete objects older than a week that this database has never known; see docs/operations.md",
        )

    def work(self, options: Json) -> Json:
        if options["model"]:
            selectors.model_named(options["model"])
        grace = timedelta(days=max(0.0, options["grace_days"]))
        report = retention.collect(
            actor=ACTOR, dry_run=options["dry_run"], grace=grace, model=options["model"], unknown=options["unknown"]
        )
        self._refused = report.refused
        return CollectionResponse(report).data

    def handle(self, *args: object, **options: Any) -> None:
        self._refused = ""
        super().handle(*args, **options)
        if self._refused:
            raise CommandError(f"Nothing was deleted: {self._refused}")

    def describe(self, result: Json) -> str:
        if result["refused"]:
            return f"kept everything, {len(result['unknown'])} objects unknown to this database"
        return "\n".join(
            (
                f"marked {len(result['marked'])} artifacts, {result['marked_bytes']:,} bytes",
                f"deleted {len(result['deleted'])} artifacts, {result['deleted_bytes']:,} bytes freed",
                f"rescued {len(result['rescued'])}, ended {len(result['unfinished'])} unfinished uploads",
                f"removed {len(result['orphans'])} objects without a row, {result['orphan_bytes']:,} bytes",
                f"kept {len(result['unknown'])} objects that this database has never known",
                *(f"  {name}" for name in (*result["marked"], *result["deleted"])),
            )
        )
