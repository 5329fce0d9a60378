"""Every variable, command, process and endpoint is written down, and every command has a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from django.urls import URLPattern, URLResolver, get_resolver

from serving.backends.vendors import SHIPPED
from tests.house_rules.source import PACKAGES, ROOT, modules

_PARSERS = "text|flag|integer|port|words|matching|secret|web_address|stored_secret|choice"
_READ = re.compile(rf"\b(?:env\.)?(?:{_PARSERS})\(\s*\"([A-Z][A-Z_0-9]+)\"")
COMMANDS = sorted(
    path.stem
    for package in PACKAGES
    for path in (ROOT / package).rglob("management/commands/*.py")
    if path.stem != "__init__"
)


def _docs() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def test_every_dependency_has_a_line_of_why() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8").partition("\ndependencies = [")[2].partition("\n[tool.")[0]
    listed = [line for line in project.splitlines() if line.startswith('    "')]
    assert [line for line in listed if not re.search(r'", +# \w', line)] == []
    assert len(listed) > 60


def test_every_variable_stands_in_the_example_with_a_word_about_it() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    read = {name for module in modules("youman") for name in _READ.findall(module.text)}
    read |= {one.key_variable for one in SHIPPED if one.needs_key}
    assert sorted(name for name in read if not re.search(rf"^# ?{name}=.* # \w", example, re.M)) == []
    named = set(re.findall(r"^# ?([A-Z][A-Z_0-9]+)=", example, re.M))
    assert sorted(named - read - {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"}) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    assert re.search(rf"manage\.py {command}\b", _docs())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_test(command: str) -> None:
    pattern = re.compile(rf"(?:[([] ?|, )\"{command}\"[,)\]]")
    assert [m.name for m in modules("tests") if pattern.search(m.text)] != []


def test_every_api_address_is_in_the_description() -> None:
    described = yaml.load((ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)["paths"]
    shape = re.compile(r"\{[^}]+\}")
    known = {shape.sub("{}", path) for path in described}
    assert sorted(path for path in _addresses(get_resolver(), "/") if path not in known) == []


def _addresses(resolver: URLResolver, prefix: str) -> list[str]:
    found = []
    for entry in resolver.url_patterns:
        path = prefix + re.sub(r"<[^>]+>", "{}", str(entry.pattern))
        if isinstance(entry, URLResolver):
            found += _addresses(entry, path) if "/api/".startswith(path[:5]) else []
        elif isinstance(entry, URLPattern) and path.startswith("/api/v1/"):
            found.append(path)
    return found


def test_the_procfile_names_the_processes() -> None:
    lines = Path(ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    wanted = ["release", "web", "worker", "upkeep", "uploads", "trainer", "beat"]
    assert [line.partition(":")[0] for line in lines if line] == wanted
