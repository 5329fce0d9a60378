"""`docs/events.md` lists each declared event with exactly its fields, and nothing else."""

from __future__ import annotations

import inspect
import json

from tests.house_rules.source import ROOT
from youman.core.events import event_types
from youman.core.events.event_types import Event

PAGE = ROOT / "docs" / "events.md"
START, END = "## The events\n", "## For developers\n"


def test_the_page_describes_each_event_as_it_is_declared_and_no_other() -> None:
    _, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    written = rest.partition(END)[0].strip()
    assert written.count("\n### ") + 1 == len(event_types.declared_types())
    assert written == reference().strip(), "Copy what the declarations say into docs/events.md"


def test_every_example_has_the_type_of_its_field() -> None:
    json_types = {"string": str, "integer": int, "number": float, "boolean": bool}
    for event_type in event_types.declared_types().values():
        for field in event_types.fields_of(event_type):
            assert isinstance(field.about.example, json_types[field.json_type.split(" ")[0]]), (event_type, field.name)


def reference() -> str:
    """The part of the page that the declarations determine."""
    return "\n".join(_section(name, event_type) for name, event_type in event_types.declared_types().items())


def _section(name: str, event_type: type[Event]) -> str:
    fields = event_types.fields_of(event_type)
    rows = [f"| `{one.name}` | {one.json_type} | {one.about.text} |" for one in fields]
    example = {one.name: one.about.example for one in fields}
    text = " ".join((inspect.getdoc(event_type) or "").split())
    data = json.dumps(example, indent=2, ensure_ascii=False)
    table = "\n".join(["| field | type | holds |", "|---|---|---|", *rows])
    return f"### `{name}`\n\n{text}\n\n{table}\n\n```json\n{data}\n```\n"
