"""Every compiled pattern of the product: of all modules of all apps, of the rule packs, and those spelled in calls."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from humanize.rules.pack import load_language

PACKAGES = ("youman", "registry", "serving", "humanize", "training")
_EXTRAS = {"torch", "tensorflow", "keras", "transformers", "peft", "presidio_analyzer", "spacy", "lemminflect"}
_CALLS = {"compile", "search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split"}
_MOST_ITEMS = 20_000
_DEEPEST = 6
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class NamedPattern:
    """A compiled pattern and where it stands."""

    name: str
    pattern: re.Pattern[str]


def patterns() -> tuple[NamedPattern, ...]:
    """Return each different pattern over text once, by the first place where it stands."""
    found: dict[tuple[str, int], NamedPattern] = {}
    for name, pattern in (*_of_modules(), *_of_packs(), *_of_calls()):
        found.setdefault((pattern.pattern, pattern.flags), NamedPattern(name, pattern))
    return tuple(found.values())


def _of_modules() -> Iterator[tuple[str, re.Pattern[str]]]:
    for package in PACKAGES:
        for module in pkgutil.walk_packages([str(_ROOT / package)], f"{package}."):
            if re.search(r"__main__|\.migrations|\.authoring|^youman\.[aw]sgi$", module.name):
                continue
            try:
                values = vars(importlib.import_module(module.name))
            except ModuleNotFoundError as error:
                if (error.name or "").partition(".")[0] not in _EXTRAS:
                    raise
                continue
            for name, value in list(values.items()):
                if not name.startswith("__"):
                    yield from ((f"{module.name}.{name}", one) for one in _inside(value, _DEEPEST))


def _of_packs() -> Iterator[tuple[str, re.Pattern[str]]]:
    language = load_language("en")
    assert language is not None
    for rule in language.rules:
        yield from ((f"pack en, {rule.source}", one) for one in _inside(rule, _DEEPEST))


def _inside(value: object, depth: int) -> Iterator[re.Pattern[str]]:
    """The patterns in a value, in what it contains, and in the fields of our own objects and classes."""
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
        return
    for item in _items(value) if depth else ():
        yield from _inside(item, depth - 1)


def _items(value: object) -> Iterator[object]:
    if isinstance(value, (list, tuple, set, frozenset)) and len(value) < _MOST_ITEMS:
        yield from value
    elif isinstance(value, dict) and len(value) < _MOST_ITEMS:
        yield from (*value.keys(), *value.values())
    elif isinstance(value, type):
        if value.__module__.partition(".")[0] in PACKAGES:
            yield from (one for one in vars(value).values() if not callable(one))
    elif type(value).__module__.partition(".")[0] in PACKAGES and not callable(value):
        yield from getattr(value, "__dict__", {}).values()
        yield from (getattr(value, name, None) for name in getattr(type(value), "__slots__", ()))


def _of_calls() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Patterns that are spelled out in a call, such as `re.sub(r"…", …)`."""
    for package in PACKAGES:
        for path in sorted((_ROOT / package).rglob("*.py")):
            if "authoring" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and (text := _spelled(node)) is not None:
                    yield f"{path.relative_to(_ROOT)}:{node.lineno}", re.compile(text)


def _spelled(node: ast.Call) -> str | None:
    called = node.func
    if not (isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "re"):
        return None
    if called.attr not in _CALLS or not node.args:
        return None
    first = node.args[0]
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None
