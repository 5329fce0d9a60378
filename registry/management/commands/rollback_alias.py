"""`manage.py rollback_alias MODEL ALIAS --reason …`."""

from __future__ import annotations

from argparse import ArgumentParser

from registry import selectors
from registry.api.responses import MoveResponse
from registry.management.command_base import ACTOR, Json, RegistryCommand, Rehearsal
from registry.versions import promotion


class Command(RegistryCommand):
    help = "Move an alias back to the version before its last move; each further call goes one move back."

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("model")
        parser.add_argument("alias")
        parser.add_argument("--reason", required=True)
        parser.add_argument("--actor", default=ACTOR, help="who decided, as recorded in the ledger")

    def work(self, options: Json) -> Json:
        with Rehearsal(options["dry_run"]):
            model = selectors.model_named(options["model"])
            found = promotion.rollback_alias(
                model=model, alias=options["alias"], actor=options["actor"], reason=options["reason"]
            )
            return MoveResponse(found).data

    def describe(self, result: Json) -> str:
        event = result["event"]
        return f"{event['alias']} of {event['model']} is {event['after']} again, was {event['before']}"
