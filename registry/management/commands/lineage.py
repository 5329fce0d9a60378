"""`manage.py lineage MODEL/NUMBER`: where a version came from and what came of it; `--at` reads the ledger."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path

from registry import selectors, validation
from registry.api.responses import AliasEventResponse, LineageResponse
from registry.contracts import VersionRef
from registry.management.command_base import Json, RegistryCommand, version_named
from registry.versions import lineage
from youman.core.admin.graph import svg
from youman.core.errors import InvalidInput, NotFound


class Command(RegistryCommand):
    help = "Show the lineage of a version, or of the version an alias pointed to at a time (MODEL@ALIAS --at TIME)."
    writes = False

    def arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", metavar="MODEL/NUMBER or MODEL@ALIAS")
        parser.add_argument("--at", default="", help="with MODEL@ALIAS: the time, as ISO 8601 with an offset")
        parser.add_argument("--svg", default="", metavar="FILE", help="also draw the lineage to this file")

    def work(self, options: Json) -> Json:
        name, event = options["version"], None
        if "@" in name:
            name, event = _by_alias(name, options["at"])
        version = version_named(name)
        graph = lineage.whole_graph_of(version)
        if options["svg"]:
            _draw(Path(options["svg"]), svg(graph, f"Lineage of {version}"))
        rows = [[source.label, relation, target.label] for source, relation, target in graph.rows()]
        return {"version": str(version), "event": event, "edges": rows} | {"graph": LineageResponse(graph).data}

    def describe(self, result: Json) -> str:
        lines = [f"{source} → {target} ({relation})" for source, relation, target in result["edges"]]
        if result["event"]:
            event = result["event"]
            decided = f"{event['alias']} was {result['version']}: set by {event['actor']}, {event['reason']!r}"
            lines[:0] = [f"{decided}, data {event['dataset_hash'] or 'unknown'}", *_evidence(event["evidence"])]
        return "\n".join(lines) or f"{result['version']} has no parents, children or references"


def _evidence(found: Json) -> Iterator[str]:
    for name, sides in found.get("metrics", {}).items():
        holder = "nothing before" if sides["holder"] is None else f"{sides['holder']:g} of {found['holder']}"
        yield f"  {name}: {sides['candidate'] if sides['candidate'] is not None else '–'} against {holder}"
    if found.get("gate"):
        yield f"  gate {'passed' if found['gate']['passed'] else 'failed'}"


def _by_alias(name: str, at: str) -> tuple[str, Json | None]:
    model, _, alias = name.partition("@")
    if not at:
        return str(selectors.version_by_alias(model, alias)), None
    event = selectors.alias_event_at(model, alias, validation.moment(at))
    if event is None or event.after is None:
        raise NotFound(f"{alias[:50]} of {model[:100]} was not set at that time")
    return str(VersionRef(model, event.after.number)), AliasEventResponse(event).data


def _draw(path: Path, drawing: str) -> None:
    try:
        path.write_text(drawing, encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}") from error
