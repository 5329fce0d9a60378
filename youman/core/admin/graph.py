"""A small directed graph and its drawing as SVG.

Pure. It has no inline styles, which the content security policy forbids, and its labels are escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

BOX_WIDTH, BOX_HEIGHT = 178, 46
_GAP_X, _GAP_Y, _MARGIN = 46, 20, 12
_LABEL_LENGTH = 24


@dataclass(frozen=True, slots=True)
class Node:
    """A node, drawn as a box. `kind` becomes a class of the box; `href` makes the box a link."""

    key: str
    label: str
    kind: str
    detail: str = ""
    href: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge from a cause to its effect."""

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """A directed graph. The order of its nodes decides their order in a column."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def rows(self) -> list[tuple[Node, str, Node]]:
        """Return the edges as rows of a table: source, relation, target."""
        named = {node.key: node for node in self.nodes}
        return [(named[edge.source], edge.label, named[edge.target]) for edge in self.edges]


def svg(graph: Graph, title: str) -> str:
    """Draw the graph with causes on the left and effects on the right.

    Style it by the classes graph, box, box-<kind>, current, line and tip.
    """
    places = _places(graph)
    width = max((x for x, _ in places.values()), default=0) + BOX_WIDTH + _MARGIN
    height = max((y for _, y in places.values()), default=0) + BOX_HEIGHT + _MARGIN
    lines = "".join(_line(places[edge.source], places[edge.target]) for edge in graph.edges)
    boxes = "".join(_box(node, places[node.key]) for node in graph.nodes)
    return (
        f'<svg class="graph" xmlns="http://www.w3.org/2000/svg" role="img" aria-label={quoteattr(title)} '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f"<title>{escape(title)}</title>{lines}{boxes}</svg>"
    )


def _places(graph: Graph) -> Mapping[str, tuple[int, int]]:
    """Return the position of each node in pixels; rows follow the order of the nodes."""
    used: dict[int, int] = {}
    places = {}
    column = _columns(graph)
    for node in graph.nodes:
        x = column[node.key]
        row = used.get(x, 0)
        used[x] = row + 1
        places[node.key] = (_MARGIN + x * (BOX_WIDTH + _GAP_X), _MARGIN + row * (BOX_HEIGHT + _GAP_Y))
    return places


def _columns(graph: Graph) -> dict[str, int]:
    """Return the column of each node: its longest path from a first cause.

    Nodes with effects then move right, next to the first of them.
    """
    column = {node.key: 0 for node in graph.nodes}
    for _ in graph.nodes:  # this bound ends the loop even if the graph has a cycle
        moved = False
        for edge in graph.edges:
            if column[edge.target] < column[edge.source] + 1 < len(graph.nodes):
                column[edge.target], moved = column[edge.source] + 1, True
        if not moved:
            break
    after: dict[str, list[str]] = {}
    for edge in graph.edges:
        after.setdefault(edge.source, []).append(edge.target)
    for key in sorted(after, key=lambda one: -column[one]):
        column[key] = max(column[key], min(column[target] for target in after[key]) - 1)
    return column


def _line(source: tuple[int, int], target: tuple[int, int]) -> str:
    x1, y1 = source[0] + BOX_WIDTH, source[1] + BOX_HEIGHT // 2
    x2, y2 = target[0], target[1] + BOX_HEIGHT // 2
    middle = (x1 + x2) // 2
    tip = f"M{x2} {y2}l-7 -4v8z"
    return (
        f'<path class="line" d="M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}" fill="none"/>'
        f'<path class="tip" d="{tip}"/>'
    )


def _box(node: Node, place: tuple[int, int]) -> str:
    x, y = place
    classes = f"box box-{node.kind}{' current' if node.current else ''}"
    body = (
        f'<rect class={quoteattr(classes)} x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="6"/>'
        f'<text class="label" x="{x + 10}" y="{y + 19}">{escape(_short(node.label))}</text>'
        f'<text class="detail" x="{x + 10}" y="{y + 36}">{escape(_short(node.detail or node.kind))}</text>'
    )
    hint = f"<title>{escape(f'{node.label} – {node.detail}' if node.detail else node.label)}</title>"
    return f"<a href={quoteattr(node.href)}>{hint}{body}</a>" if node.href else f"<g>{hint}{body}</g>"


def _short(text: str) -> str:
    return text if len(text) <= _LABEL_LENGTH else f"{text[: _LABEL_LENGTH - 1]}…"
