"""`manage.py prune_artifacts`: collect what nothing needs, in two phases."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta

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

    def work(self, options: Json) -> Json:
        if options["model"]:
            selectors.model_named(options["model"])
        grace = timedelta(days=max(0.0, options["grace_days"]))
        report = retention.collect(actor=ACTOR, dry_run=options["dry_run"], grace=grace, model=options["model"])
        return CollectionResponse(report).data

    def describe(self, result: Json) -> str:
        return "\n".join(
            (
                f"marked {len(result['marked'])} artifacts, {result['marked_bytes']:,} bytes",
                f"deleted {len(result['deleted'])} artifacts, {result['deleted_bytes']:,} bytes freed",
                f"rescued {len(result['rescued'])}, ended {len(result['unfinished'])} unfinished uploads",
                f"removed {len(result['orphans'])} objects without a row, {result['orphan_bytes']:,} bytes",
                *(f"  {name}" for name in (*result["marked"], *result["deleted"])),
            )
        )
