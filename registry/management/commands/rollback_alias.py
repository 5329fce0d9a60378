"""`manage.py rollback_alias MODEL ALIAS --reason …`."""

from __future__ import annotations

from argparse import ArgumentParser

from registry import selectors
from registry.api.responses import MoveResponse
from registry.management.command_base import ACTOR, Json, RegistryCommand, Rehearsal
from registry.versions import promotion


class Command(RegistryCommand):
    help = "Put an alias back to what it was before its last move; again goes one further back."

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("model")
        parser.add_argument("alias")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--actor", default=ACTOR, help="whose decision it is, for the ledger")

    def work(self, options: Json) -> Json:
        with Rehearsal(options["dry_run"]):
            model = selectors.model_named(options["model"])
            found = promotion.rollback_alias(
                model=model, alias=options["alias"], actor=options["actor"], reason=options["reason"]
            )
            return MoveResponse(found).data

    def told(self, result: Json) -> str:
        event = result["event"]
        return f"{event['alias']} of {event['model']} is {event['after']} again, was {event['before']}"
