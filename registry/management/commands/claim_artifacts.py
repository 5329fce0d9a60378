"""`manage.py claim_artifacts`: make this installation the owner of its artifact store, after a restore or a move."""

from __future__ import annotations

from argparse import ArgumentParser
from itertools import islice

from registry.artifacts import ownership
from registry.management.command_base import ACTOR, Json, RegistryCommand

_MOST_COUNTED = 10_000


class Command(RegistryCommand):
    help = (
        "Make this installation the owner of its artifact store; only the owner deletes artifacts. "
        "Run it after a restore or a move, once no other installation uses the store."
    )

    def arguments(self, parser: ArgumentParser) -> None:
        pass

    def work(self, options: Json) -> Json:
        unknown = sum(1 for _ in islice(ownership.unknown_keys(), _MOST_COUNTED))
        before = ownership.examine() if options["dry_run"] else ownership.claim(actor=ACTOR)
        return {"before": str(before.verdict), "detail": before.detail, "unknown": unknown}

    def describe(self, result: Json) -> str:
        before = result["detail"] or "this installation owned the artifact store already"
        return (
            f"before: {before}\n"
            f"{result['unknown']} objects in the store are unknown to this database; they stay until "
            "`manage.py prune_artifacts --unknown` deletes those older than a week"
        )
