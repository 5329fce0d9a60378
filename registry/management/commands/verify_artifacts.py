"""`manage.py verify_artifacts [MODEL[/NUMBER]]`: read artifacts again; exits 1 when one is damaged."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError
from django.db.models import QuerySet

from registry import selectors
from registry.artifacts import verification
from registry.management.command_base import ACTOR, Json, RegistryCommand, version_named
from registry.models import ModelArtifact
from registry.states import ArtifactState, VerificationVerdict


class Command(RegistryCommand):
    help = "Read the artifacts of all models, a model or a version again and report whether they match what was stored."

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", nargs="?", default="", metavar="MODEL[/NUMBER]")

    def work(self, options: Json) -> Json:
        bad, count, size = [], 0, 0
        for artifact in _artifacts(options["what"]).iterator(chunk_size=200):
            verdict, detail = _verdict(artifact, dry_run=options["dry_run"])
            count, size = count + 1, size + (artifact.size or 0)
            if verdict != VerificationVerdict.OK:
                bad.append(
                    {"version": str(artifact.version), "name": artifact.name, "verdict": verdict, "detail": detail}
                )
        self._damaged = len(bad)
        return {"checked": count, "bytes": size, "damaged": bad}

    def describe(self, result: Json) -> str:
        return "\n".join(
            [f"checked {result['checked']} artifacts, {result['bytes']:,} bytes", *_lines(result["damaged"])]
        )

    def handle(self, *args: object, **options: Any) -> None:
        self._damaged = 0
        super().handle(*args, **options)
        if self._damaged:
            raise CommandError(f"Damaged artifacts: {self._damaged}; restore them from a backup, or use other versions")


def _lines(damaged: list[Json]) -> Iterator[str]:
    for one in damaged:
        yield f"{one['version']} {one['verdict']}: {one['detail']}"


def _artifacts(what: str) -> QuerySet[ModelArtifact]:
    rows = selectors.artifacts().filter(state__in=(ArtifactState.LIVE, ArtifactState.MARKED)).order_by("created_at")
    if "/" in what:
        return rows.filter(version=version_named(what))
    return rows.filter(version__model=selectors.model_named(what)) if what else rows


def _verdict(artifact: ModelArtifact, *, dry_run: bool) -> tuple[str, str]:
    if dry_run:
        verdict, detail = verification.examine_artifact(artifact)
        return str(verdict), detail
    found = verification.verify(artifact=artifact, actor=ACTOR)
    return found.verdict, found.detail
