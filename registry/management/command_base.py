"""What all commands of the registry share: `--json`, `--dry-run`, errors as CommandError, one way to print."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from registry.contracts import version_ref
from registry.models import ModelVersion
from registry.selectors import version_at
from youman.core.errors import YoumanError

ACTOR = "manage.py"
Json = dict[str, Any]


class RegistryCommand(BaseCommand):
    """`work` runs the command and returns what `--json` prints; `describe` gives the same as text for people."""

    writes: ClassVar[bool] = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        if self.writes:
            parser.add_argument(
                "--dry-run", action="store_true", help="check and report what would happen; change nothing"
            )
        self.arguments(parser)

    def arguments(self, parser: ArgumentParser) -> None:
        """Add the command's own arguments."""
        raise NotImplementedError

    def work(self, options: Json) -> Json:
        """Run the command and return a JSON object. Raises YoumanError."""
        raise NotImplementedError

    def describe(self, result: Json) -> str:
        """Return the result of `work` as text."""
        raise NotImplementedError

    def handle(self, *args: object, **options: Any) -> None:
        try:
            result = self.work(options)
        except YoumanError as error:
            raise CommandError(error.detail) from error
        if options.get("dry_run"):
            result = result | {"dry_run": True}
        if options["json"]:
            self.stdout.write(json.dumps(result, cls=DjangoJSONEncoder, ensure_ascii=False))
        else:
            self.stdout.write(("dry run: " if options.get("dry_run") else "") + self.describe(result))


class Rehearsal:
    """A block whose database changes are undone in a dry run, so that all the real checks are made."""

    def __init__(self, dry_run: bool) -> None:
        self._dry_run = dry_run
        self._atomic = transaction.atomic()

    def __enter__(self) -> None:
        self._atomic.__enter__()

    def __exit__(self, *problem: Any) -> None:
        if self._dry_run and problem[0] is None:
            transaction.set_rollback(True)
        self._atomic.__exit__(*problem)


def version_named(text: str) -> ModelVersion:
    """Return the version named `model/number`. Raises InvalidInput, NotFound."""
    return version_at(version_ref(text))
