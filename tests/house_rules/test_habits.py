"""What the house does not do, checked in the syntax tree, since reviewers forget."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house_rules.source import PACKAGES, ROOT, modules

# The two top loops: what nobody foresaw must still end in a recorded failure.
BROAD_EXCEPTS = {"training/jobs/supervisor.py", "youman/core/api/problem.py"}
FOREIGN_WORDS = re.compile(r"/work/|/root/|/opt/pypi|pypi\.org/simple|site-packages|\bchatgpt session\b", re.IGNORECASE)
TEXT_SUFFIXES = {".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".html", ".css", ".js", ".example", ".sh", ""}


def _places(kind: type[ast.AST]) -> list[tuple[str, ast.AST]]:
    return [(m.name, node) for m in modules() for node in ast.walk(m.tree) if isinstance(node, kind)]


def test_no_module_is_a_junk_drawer() -> None:
    assert [m.name for m in modules() if re.search(r"/(utils|helpers|misc|common)\.py$", m.name)] == []


def test_broad_excepts_stand_in_the_two_top_loops_only() -> None:
    found = {
        name for name, node in _places(ast.ExceptHandler) if isinstance(node, ast.ExceptHandler) and _swallows(node)
    }
    assert found - BROAD_EXCEPTS == set()


def _swallows(handler: ast.ExceptHandler) -> bool:
    """Broad, and not merely tidying up before the error goes on."""
    goes_on = isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None
    return (handler.type is None or _is_broad(handler.type)) and not goes_on


def _is_broad(node: ast.expr) -> bool:
    names = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(isinstance(one, ast.Name) and one.id in {"Exception", "BaseException"} for one in names)


def test_nothing_listens_to_signals() -> None:
    assert [m.name for m in modules() if re.search(r"^\s*@receiver|\bpost_save\b|\bpre_save\b", m.text, re.M)] == []


def test_no_model_overrides_save() -> None:
    found = [
        f"{name} {node.name}"
        for name, node in _places(ast.ClassDef)
        if isinstance(node, ast.ClassDef)
        and any("Model" in ast.unparse(base) and "Admin" not in ast.unparse(base) for base in node.bases)
        and any(isinstance(one, ast.FunctionDef) and one.name == "save" for one in node.body)
    ]
    assert found == []


def test_states_change_through_the_state_helper_only() -> None:
    assigned = [
        f"{name}:{node.lineno}"
        for name, node in _places(ast.Assign)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Attribute) and target.attr == "state" for target in node.targets)
    ]
    updated = [
        f"{name}:{node.lineno}"
        for name, node in _places(ast.Call)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "update"
        and any(keyword.arg == "state" for keyword in node.keywords)
        and name != "youman/core/states.py"
    ]
    assert (assigned, updated) == ([], [])


def test_no_setting_runs_tasks_in_the_caller() -> None:
    assert [m.name for m in (*modules(), *modules("tests")) if re.search(r"ALWAYS_EAGE[R]", m.text)] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_why_it_exists(package: str) -> None:
    silent = [
        m.name
        for m in modules(package)
        if m.lines > 12 and not ast.get_docstring(m.tree) and "/commands/" not in m.name
    ]
    assert silent == []


def test_no_file_names_a_machine() -> None:
    folders = (*PACKAGES, "templates", "tests", "benchmarks", "docs", "deploy")
    tops = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]
    found = [
        path.relative_to(ROOT).as_posix()
        for path in (*tops, *files)
        if path.suffix in TEXT_SUFFIXES
        and path.name not in {"test_habits.py", "Dockerfile"}
        and FOREIGN_WORDS.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert found == []
