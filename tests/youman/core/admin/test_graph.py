"""Graphs: causes left of effects, labels escaped, the same as a table."""

from __future__ import annotations

from xml.etree import ElementTree

from youman.core.admin.graph import Edge, Graph, Node, svg

NODES = (
    Node("d", "data <&>", "dataset"),
    Node("j", "job", "job"),
    Node("a", "editor/1", "version", "ready", "/a?x=1&y=2"),
    Node("b", "editor/2", "version", "ready", "/b", current=True),
    Node("e", "data 2", "dataset"),
)
GRAPH = Graph(NODES, (Edge("d", "j", "gave"), Edge("j", "a", "gave"), Edge("a", "b", "trained from"), Edge("e", "b")))
SPACE = "{http://www.w3.org/2000/svg}"


def columns(drawing: str) -> dict[str, int]:
    root = ElementTree.fromstring(drawing)
    boxes = [
        (box.find(f"{SPACE}rect"), box.find(f"{SPACE}text"))
        for box in [*root.iter(f"{SPACE}a"), *root.iter(f"{SPACE}g")]
    ]
    return {str(text.text): int(rect.attrib["x"]) for rect, text in boxes if rect is not None and text is not None}


def test_causes_stand_left_of_effects_and_beginnings_just_before_them() -> None:
    found = columns(svg(GRAPH, "Lineage"))
    assert found["data <&>"] < found["job"] < found["editor/1"] < found["editor/2"]
    assert found["data 2"] == found["editor/1"]


def test_boxes_are_links_and_nothing_can_break_out() -> None:
    drawing = svg(Graph((Node("x", '"><script>', "job", href='/"x'),), ()), '"<title>')
    root = ElementTree.fromstring(drawing)
    assert [link.attrib["href"] for link in root.iter(f"{SPACE}a")] == ['/"x']
    assert "<script>" not in drawing
    assert "style=" not in drawing


def test_the_table_says_the_same() -> None:
    assert [(a.label, how, b.label) for a, how, b in GRAPH.rows()][2] == ("editor/1", "trained from", "editor/2")


def test_a_circle_is_drawn_too() -> None:
    circle = Graph(NODES[2:4], (Edge("a", "b"), Edge("b", "a")))
    assert svg(circle, "x").count("<rect") == 2
    assert svg(Graph((), ()), "empty").count("<rect") == 0
