"""Contents of the admin's model and version pages; the number of queries does not grow with the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import mark_safe

from registry import selectors
from registry.models import ModelVersion, RegisteredModel
from registry.validation import metrics_from
from registry.versions import diff, lineage, model_card
from youman.core.admin.graph import svg

SHOWN = 50
Page = dict[str, Any]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version's row in the table; `values` follow the order of the metric names, None where it lacks one."""

    version: ModelVersion
    aliases: str
    values: tuple[float | None, ...]


def model_page(model: RegisteredModel) -> Page:
    versions = list(selectors.versions().filter(model=model).order_by("-number")[:SHOWN])
    measured = [{one.name: one.value for one in metrics_from(row.metrics)} for row in versions]
    names = sorted({name for row in measured for name in row})[:8]
    lines = [
        VersionLine(row, ", ".join(alias.name for alias in row.aliases.all()), tuple(found.get(name) for name in names))
        for row, found in zip(versions, measured, strict=True)
    ]
    return {
        "title": model.name,
        "model": model,
        "children": list(model.children.only("id", "name").order_by("name")[:SHOWN]),
        "lines": lines,
        "metric_names": names,
        "aliases": list(selectors.aliases_of(model).order_by("name")),
        "events": list(selectors.alias_events(model)[:SHOWN]),
    }


def version_page(version: ModelVersion) -> Page:
    graph = lineage.whole_graph_of(version)
    predecessor = _predecessor(version)
    return {
        "title": str(version),
        "version": version,
        "card": model_card.card_of(version),
        "artifacts": list(selectors.artifacts().filter(version=version).order_by("created_at", "id")[:200]),
        "holds": list(selectors.live_holds(version)[:SHOWN]),
        "graph": mark_safe(svg(graph, f"Lineage of {version}")),  # noqa: S308  # every label in it is escaped
        "graph_rows": graph.rows(),
        "diff": diff.diff(predecessor, version) if predecessor else None,
    }


def _predecessor(version: ModelVersion) -> ModelVersion | None:
    """Return the version to compare with: the first parent, otherwise the previous number."""
    link = version.parent_links.select_related("parent__model").first()
    if link is not None:
        return link.parent
    rows = ModelVersion.objects.select_related("model").filter(model_id=version.model_id, number=version.number - 1)
    return rows.first()
