"""`manage.py promote MODEL/NUMBER ALIAS --reason …`."""

from __future__ import annotations

import json
from argparse import ArgumentParser

from registry import validation
from registry.api.responses import MoveResponse
from registry.contracts import Evidence
from registry.management.command_base import ACTOR, Json, RegistryCommand, Rehearsal, version_named
from registry.versions import promotion
from youman.core.errors import InvalidInput


class Command(RegistryCommand):
    help = "Point an alias at a version. A refusal names each threshold that failed."

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", metavar="MODEL/NUMBER")
        parser.add_argument("alias")
        parser.add_argument("--reason", default="")
        parser.add_argument("--gate", default="", help='JSON: {"checks": [{"name", "passed", "detail"}]}')
        parser.add_argument("--actor", default=ACTOR, help="who decided, as recorded in the ledger")

    def work(self, options: Json) -> Json:
        given = Evidence(validation.gate_from(_json(options["gate"])) if options["gate"] else None)
        with Rehearsal(options["dry_run"]):
            version = version_named(options["version"])
            found = promotion.promote(
                version=version,
                alias=options["alias"],
                actor=options["actor"],
                reason=options["reason"],
                evidence=given,
            )
            return MoveResponse(found).data | {"version": str(version)}

    def describe(self, result: Json) -> str:
        if result["request"]:
            return f"{result['version']} waits for a second approver (request {result['request']['id']})"
        if not result["event"]:
            return f"{result['alias']['name']} already points to {result['version']}"
        before = result["event"]["before"]
        return f"{result['event']['alias']} is now {result['version']}" + (f", was {before}" if before else "")


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise InvalidInput("--gate is not JSON") from error
