"""`manage.py import_model FILE`: a version from another installation."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from registry.api.responses import ArchiveImportResponse
from registry.management.command_base import ACTOR, Json, RegistryCommand
from registry.transfer import bundle
from youman.core.errors import InvalidInput


class Command(RegistryCommand):
    help = "Check a signed archive and add its version as the model's next number."

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")
        parser.add_argument(
            "--as", dest="name", default="", help="name of the model to add it to; by default the one in the archive"
        )

    def work(self, options: Json) -> Json:
        path = Path(options["file"])
        try:
            with path.open("rb") as file:
                arrived = bundle.import_version(
                    file=file, actor=ACTOR, name=options["name"], dry_run=options["dry_run"]
                )
        except OSError as error:
            raise InvalidInput(f"{path} cannot be read: {error.strerror}") from error
        return ArchiveImportResponse(arrived).data

    def describe(self, result: Json) -> str:
        about = f"{result['origin']} with {result['artifacts']} artifacts, signed by {result['signed_by']}"
        if not result["version"]:
            return about
        done = "imported" if result["created"] else "imported before"
        return f"{about}\n{done} as {result['version']}, {result['state']}"
