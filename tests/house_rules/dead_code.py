"""`python -m tests.house_rules.dead_code`: what vulture finds, less what it cannot see being used.

Three rules keep the list of names in pyproject.toml short:

* `name = …` in a class body declares something to Django, DRF or an enumeration (annotated fields are looked at);
* a name in a dotted path ("youman.web.health.Health") or in a template is used by the reader of that path or template;
* an attribute that is set and never read is most often one of a library's object, so attributes are left out.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import cast

from vulture.core import Item, Vulture

from tests.house_rules.source import ROOT

_DOTTED = re.compile(r"""["'](?:\w+\.)+(\w+)["']""")
_DECLARATION = re.compile(r"\s+\w+ = ")
# Django reads every name in them, or, in an event, its receiver does.
_ALL_DECLARED = {
    "youman/settings.py",
    "youman/formats/en/formats.py",
    *(f"{app}/events.py" for app in ("registry", "serving", "humanize", "training")),
}


def main() -> int:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["vulture"]
    vulture = Vulture(ignore_names=options["ignore_names"], ignore_decorators=options["ignore_decorators"])
    texts = {path: path.read_text("utf-8") for root in options["paths"] for path in _sources(ROOT / root)}
    for path, text in texts.items():
        vulture.scan(text, filename=path)
    elsewhere = {name for text in texts.values() for name in _DOTTED.findall(text)} | _words_of_templates()
    dead = [
        item.get_report()
        for item in cast(list[Item], vulture.get_unused_code(min_confidence=options["min_confidence"]))
        if item.name not in elsewhere and not _is_declared(item, texts[item.filename])
    ]
    sys.stdout.write("".join(f"{line}\n" for line in dead))
    return 1 if dead else 0


def _sources(root: Path) -> list[Path]:
    found = sorted(root.rglob("*.py")) if root.is_dir() else [root]
    return [path for path in found if "migrations" not in path.parts]


def _is_declared(item: Item, text: str) -> bool:
    if item.typ != "variable":
        return bool(item.typ == "attribute")
    line = text.splitlines()[item.first_lineno - 1]
    return item.filename.relative_to(ROOT).as_posix() in _ALL_DECLARED or _DECLARATION.match(line) is not None


def _words_of_templates() -> set[str]:
    pages = ROOT.joinpath("templates").rglob("*.html")
    return {word for page in pages for word in re.findall(r"\w+", page.read_text("utf-8"))}


if __name__ == "__main__":
    sys.exit(main())
