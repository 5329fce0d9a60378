"""A class name means one thing within an app, and within a module that imports from several apps."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable

import pytest

from tests.house_rules.source import PACKAGES, Module, modules

# Django and its commands prescribe these names.
PRESCRIBED = {"Command", "Config", "Media", "Meta", "Migration"}


def _classes(module: Module) -> list[tuple[str, str]]:
    """Return the classes that a module defines, each as its name and its place."""
    found = [node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
    return [(node.name, f"{module.name}:{node.lineno}") for node in found]


def _doubled(classes: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the names that have more than one place, each with its places."""
    places: dict[str, set[str]] = defaultdict(set)
    for name, place in classes:
        places[name].add(place)
    return {name: sorted(found) for name, found in places.items() if len(found) > 1 and name not in PRESCRIBED}


@pytest.mark.parametrize("app", PACKAGES)
def test_an_app_defines_a_class_name_once(app: str) -> None:
    assert _doubled(one for module in modules(app) for one in _classes(module)) == {}


def test_no_module_uses_two_classes_of_one_name() -> None:
    """An import under another name hides that two classes share one, so imports count by their original names."""
    known = {name for module in modules() for name, _ in _classes(module)}
    found = {
        module.name: _doubled(one for one in [*_imports(module), *_classes(module)] if one[0] in known)
        for module in modules(*PACKAGES, "tests", "benchmarks")
    }
    assert {name: doubled for name, doubled in found.items() if doubled} == {}


def _imports(module: Module) -> list[tuple[str, str]]:
    """Return what a module imports from the apps, each as its original name and the module that it comes from."""
    statements = [node for node in ast.walk(module.tree) if isinstance(node, ast.ImportFrom) and node.module]
    return [
        (alias.name, str(node.module))
        for node in statements
        if str(node.module).partition(".")[0] in PACKAGES
        for alias in node.names
    ]
