"""`manage.py export_model MODEL/NUMBER FILE`: one signed archive."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from registry import selectors
from registry.management.command_base import Json, RegistryCommand, version_named
from registry.transfer import bundle, signing
from youman.core.errors import InvalidInput


class Command(RegistryCommand):
    help = "Write a version with its artifacts into one signed archive for another installation."

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", metavar="MODEL/NUMBER")
        parser.add_argument("file")

    def work(self, options: Json) -> Json:
        version, path = version_named(options["version"]), Path(options["file"])
        if not path.absolute().parent.is_dir():
            raise InvalidInput(f"There is no folder {path.parent}; create it first")
        artifacts = list(selectors.live_artifacts(version))
        found: Json = {"version": str(version), "artifacts": len(artifacts), "file": str(path)}
        if options["dry_run"]:
            return found | {"bytes": sum(one.size or 0 for one in artifacts), "public_key": signing.public_key()}
        exported = bundle.export_version(version=version, path=path)
        return found | {"bytes": exported.size, "public_key": exported.public_key}

    def describe(self, result: Json) -> str:
        return (
            f"{result['version']} with {result['artifacts']} artifacts in {result['file']}, {result['bytes']:,} bytes\n"
            f"signed by {result['public_key']}; to import it elsewhere, add this key to MODEL_ARCHIVE_KEYS there"
        )
