"""What the house does not do, checked in the syntax tree, since reviewers forget."""

from __future__ import annotations

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.house_rules.source import PACKAGES, ROOT, modules

# The two top loops: what nobody foresaw must still end in a recorded failure.
BROAD_EXCEPTS = {"training/jobs/supervisor.py", "youman/core/api/problem.py"}
# Programs that are processes of their own, and the one wait of all tests.
MAY_READ_THE_CLOCK = {
    "tests/waiting.py", "tests/training/toy/trainer.py", "tests/workers/observer.py",
    "tests/workers/database_outage.py", "tests/workers/training_storm.py", "tests/nightly.py",
    "tests/chaos/installation.py", "tests/chaos/load.py", "tests/chaos/run.py",
}  # fmt: skip
FOREIGN_WORDS = re.compile(r"/work/|/root/|/opt/pypi|pypi\.org/simple|site-packages|\bchatgpt session\b", re.IGNORECASE)
IMPORT_IN_A_STRING = re.compile(r"\bfrom ((?:youman|registry|serving|humanize|training)(?:\.\w+)*) import (\w+)")
TEXT_SUFFIXES = {".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".html", ".css", ".js", ".example", ".sh", ""}


_EXCEPTION = re.compile(r"#\s*(?:type: ignore|(?:ruff: )?noqa)(?P<rest>.*)")
_WITH_REASON = re.compile(r"(?:\[[\w, -]+\]|: [A-Z]+\d+(?:, ?[A-Z]+\d+)*)\s+#\s*\w.*")


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


def test_decisions_change_through_their_log_only() -> None:
    """`Edit.decision` repeats the latest event, so only what appends events may write it."""
    log = "humanize/transformations/decision_events.py"
    names = {"decision", "decision_scope"}
    assigned = [
        f"{name}:{node.lineno}"
        for name, node in _places(ast.Attribute)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr in names
    ]
    passed = [
        f"{name}:{node.lineno}"
        for name, node in _places(ast.Call)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] in {"update", "Edit", "create", "bulk_update", "update_or_create"}
        and any(keyword.arg in names for keyword in node.keywords)
        and name != log
    ]
    events = [m.name for m in modules() if re.search(r"DecisionEvent\(|DecisionEvent\.objects\.\w*create", m.text)]
    assert (assigned, passed, events) == ([], [], ["humanize/models.py"])


def test_no_setting_runs_tasks_in_the_caller() -> None:
    assert [m.name for m in (*modules(), *modules("tests")) if re.search(r"ALWAYS_EAGE[R]", m.text)] == []


def test_every_exception_to_a_check_names_it_and_says_why() -> None:
    """`# type: ignore[code]  # reason` and `# noqa: CODE  # reason`, never without."""
    silent = [
        f"{m.name}:{number}"
        for m in modules()
        for number, line in enumerate(m.text.splitlines(), 1)
        if (found := _EXCEPTION.search(line)) and not _WITH_REASON.fullmatch(found["rest"])
    ]
    assert silent == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_says_why_it_exists(package: str) -> None:
    silent = [
        m.name
        for m in modules(package)
        if m.lines > 12 and not ast.get_docstring(m.tree) and "/commands/" not in m.name
    ]
    assert silent == []


def test_no_test_sleeps_or_bounds_the_wall_clock() -> None:
    """A busy machine breaks such a bound. Count calls, compare process times, or wait by `tests.waiting`."""
    found = [
        f"{m.name}:{node.lineno}"
        for m in modules("tests")
        if m.name not in MAY_READ_THE_CLOCK
        for node in ast.walk(m.tree)
        if isinstance(node, ast.Call) and (_reads_the_clock(node.func) or _has_a_bound(node))
    ]
    assert found == []


def _reads_the_clock(called: ast.expr) -> bool:
    return ast.unparse(called) in {"time.monotonic", "time.perf_counter", "time.sleep", "sleep"}


def _has_a_bound(call: ast.Call) -> bool:
    """`timeout=5`, `thread.join(5)`, `process.wait(5)`."""
    waits = isinstance(call.func, ast.Attribute) and call.func.attr in {"join", "wait"}
    given = [*(call.args if waits else []), *(one.value for one in call.keywords if one.arg == "timeout")]
    return any(isinstance(one, ast.Constant) and isinstance(one.value, int | float) for one in given)


def test_programs_in_strings_import_what_there_is() -> None:
    """No type checker looks into a program that a test or a benchmark hands to another process."""
    programs = [
        (m.name, node.value)
        for m in (*modules(), *modules("tests", "benchmarks"))
        for node in ast.walk(m.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    imports = [(name, *found) for name, text in programs for found in IMPORT_IN_A_STRING.findall(text)]
    assert imports != []
    assert [f"{name}: from {module} import {what}" for name, module, what in imports if not _exists(module, what)] == []


def _exists(module: str, name: str) -> bool:
    """As a module of its own, or bound at the top of its file."""
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        return False
    if spec is None or spec.origin is None:
        return False
    if spec.submodule_search_locations and find_spec(f"{module}.{name}"):
        return True
    nodes = list(ast.walk(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))))
    bound = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    bound |= {node.asname or node.name for node in nodes if isinstance(node, ast.alias)}
    bound |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return name in bound


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
