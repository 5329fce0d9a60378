"""Those who know one app know five: the same names at the top of each, and every folder explained on the map."""

from __future__ import annotations

import re

import pytest

from tests.house_rules.source import ROOT

APPS = ("training", "humanize", "serving", "registry", "youman/core")
TOP = {
    "__init__",
    "apps",
    "checks",
    "errors",
    "events",
    "models",
    "presenters",
    "selectors",
    "states",
    "tasks",
    "validation",
}
# The types that cross an app's border stand at the top too, where everybody looks for them.
EXTRA = {"registry": {"contracts"}, "humanize": {"options"}}


@pytest.mark.parametrize("app", APPS)
def test_the_top_of_an_app_holds_the_agreed_names_only(app: str) -> None:
    names = {path.stem for path in (ROOT / app).glob("*.py")}
    assert names - TOP - EXTRA.get(app, set()) == set()
    assert len(names) <= 16


@pytest.mark.parametrize("app", APPS)
def test_each_folder_has_a_line_of_its_own_on_the_map(app: str) -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    folders = {path.parent.name for path in (ROOT / app).glob("*/__init__.py")} - {"migrations", "management", "models"}
    section = page.partition(f"### `{app.replace('/', '.')}`")[2].partition("\n### ")[0]
    assert sorted(name for name in folders if not re.search(rf"^\| `{name}/` \|", section, re.M)) == []


def test_each_app_has_an_exhaustive_layers_contract() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for app in APPS:
        contract = text.partition(f'containers = ["{app.replace("/", ".")}"]')[2].partition("[[")[0]
        assert "exhaustive = true" in contract, f"{app} has no exhaustive contract"
    assert "ignore_imports" not in text
