"""Where a version came from and what was derived from it, as far as the registry knows, in one query.

What lies outside (datasets, jobs, deployments) is known by name: references upwards, holds downwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from registry.models import ModelVersion
from youman.core.admin.graph import Edge, Graph, Node

MAX_STEPS = 30  # the page stays readable, and the walk ends even if rows ever formed a cycle
_ORDER = ("dataset", "data", "commit", "job")  # the order of references in a chain

# Raw, since the ORM has no recursive query: it would take one statement for each generation and table.
_SQL = """
WITH RECURSIVE up(id, step) AS (
    SELECT id, 0 FROM registry_modelversion WHERE id = %s
    UNION SELECT link.parent_id, up.step + 1 FROM registry_modelversionparent link JOIN up ON link.child_id = up.id
    WHERE up.step < %s
), down(id, step) AS (
    SELECT id, 0 FROM registry_modelversion WHERE id = %s
    UNION SELECT link.child_id, down.step + 1
    FROM registry_modelversionparent link JOIN down ON link.parent_id = down.id WHERE down.step < %s
), family(id) AS (SELECT id FROM up UNION SELECT id FROM down)
SELECT 'version', CAST(v.id AS varchar(36)), m.name, CAST(v.number AS varchar(12)), v.state, v.dataset_hash
    FROM registry_modelversion v JOIN registry_registeredmodel m ON m.id = v.model_id
    WHERE v.id IN (SELECT id FROM family)
UNION ALL
SELECT 'parent', CAST(child_id AS varchar(36)), CAST(parent_id AS varchar(36)), relation, '', ''
    FROM registry_modelversionparent
    WHERE child_id IN (SELECT id FROM family) AND parent_id IN (SELECT id FROM family)
UNION ALL
SELECT 'reference', CAST(version_id AS varchar(36)), kind, reference, label, ''
    FROM registry_versionreference WHERE version_id IN (SELECT id FROM family)
UNION ALL
SELECT 'hold', CAST(version_id AS varchar(36)), CAST(holder AS varchar(36)), reason, '', ''
    FROM registry_hold WHERE released_at IS NULL AND version_id IN (SELECT id FROM family)
"""


@dataclass(frozen=True, slots=True)
class _Row:
    what: str
    version: str
    a: str
    b: str
    c: str
    d: str


def whole_graph_of(version: ModelVersion) -> Graph:
    """Return the lineage with what the upper apps know, from the function that `settings.LINEAGE` names."""
    draw: Callable[[ModelVersion], Graph] = import_string(settings.LINEAGE)
    return draw(version)


def graph_of(version: ModelVersion, max_steps: int = MAX_STEPS) -> Graph:
    """Return ancestors and descendants with their references and holds, in a stable order."""
    rows = _rows(version.pk, max_steps)
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    for row in rows:
        if row.what == "version":
            nodes[row.version] = _version_node(row, current=row.version == str(version.pk))
    for row in rows:
        if row.what == "parent":
            edges.append(Edge(_uuid(row.a), row.version, row.b))
        elif row.what == "hold":
            key = f"hold:{_uuid(row.a)}"
            nodes[key] = Node(key, row.b, "hold", "holds it")
            edges.append(Edge(row.version, key, "used by"))
    _add_references(rows, nodes, edges)
    ordered = sorted(nodes.values(), key=lambda node: (node.kind, node.label))
    return Graph(tuple(ordered), tuple(sorted(set(edges), key=lambda edge: (edge.source, edge.target))))


def _add_references(rows: Sequence[_Row], nodes: dict[str, Node], edges: list[Edge]) -> None:
    """Add each version's references as a chain: dataset, then job, then the version."""
    for version in [row for row in rows if row.what == "version"]:
        mine = [row for row in rows if row.what == "reference" and row.version == version.version]
        names = {(row.a, row.b): row.c for row in mine}
        if version.d and not any(kind == "dataset" for kind, _ in names):
            names[("dataset", version.d)] = ""
        after = version.version
        for kind, reference in sorted(names, key=lambda one: (_rank(one[0]), one[1]), reverse=True):
            key = f"{kind}:{reference}"
            label = names[(kind, reference)]
            nodes[key] = Node(key, label or reference, kind, reference if label else kind)
            edges.append(Edge(key, after, "used for"))
            after = key


def _rank(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _rows(pk: UUID, most_steps: int) -> list[_Row]:
    value = ModelVersion._meta.pk.get_db_prep_value(pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [value, most_steps, value, most_steps])
        found = [_Row(str(what), _uuid(str(pk)), *map(str, rest)) for what, pk, *rest in cursor.fetchall()]
    return sorted(found, key=lambda row: (row.what, row.version, row.a, row.b))


def _uuid(text: str) -> str:
    """Return the id with dashes, which SQLite omits."""
    return str(UUID(text))


def _version_node(row: _Row, *, current: bool) -> Node:
    try:
        href = reverse("admin:registry_modelversion_change", args=[row.version])
    except NoReverseMatch:
        href = ""
    return Node(row.version, f"{row.a}/{row.b}", "version", row.c, href, current)
