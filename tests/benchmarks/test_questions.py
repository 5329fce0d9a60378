"""Each benchmark says what it measures, needs and takes, and the list is made of exactly that."""

from __future__ import annotations

import importlib
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.support.questions import question, questions
from benchmarks.support.report import judged, publish
from tests.house_rules.source import ROOT, modules

NAMES = [path.parent.name for path in sorted((ROOT / "benchmarks").glob("*/run.py"))]


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_says_what_it_measures_needs_and_takes(name: str) -> None:
    one = question(name)
    assert one.asks.endswith("?")
    assert all(one.measures)
    assert one.needs
    assert one.takes.startswith("about ")
    assert one.part_of in {"", *NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_runs_with_the_folder_of_its_report(name: str) -> None:
    run = importlib.import_module(f"benchmarks.{name}.run").run
    required = [p.name for p in inspect.signature(run).parameters.values() if p.default is inspect.Parameter.empty]
    assert required == ["folder"]


def _ask(name: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", name]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_list_has_a_row_for_each_folder() -> None:
    done = _ask("list")
    heads = [line.split()[0] for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert (done.returncode, heads) == (0, ["NAME", *NAMES])


def test_an_unknown_name_is_refused_with_the_list() -> None:
    done = _ask("rewrit")
    assert done.returncode == 2
    assert done.stderr == f"There is no benchmark 'rewrit'. Choose one of: {', '.join(NAMES)}, list.\n"


def test_a_report_holds_each_figure_with_its_target(tmp_path: Path) -> None:
    figure = judged("apgr", 0.79, "share", "≥", 0.8)
    path = publish("router", [figure], ["one note"], tmp_path)
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "figures": [{"name": "apgr", "value": 0.79, "unit": "share", "target": "≥ 0.8", "holds": False, "peer": None}],
        "notes": ["one note"],
    }


def test_a_figure_that_the_docstring_does_not_name_is_refused_once_it_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="benchmarks/router: wrong_name"):
        publish("router", [judged("wrong_name", 1.0, "", "≥", 0)], [], tmp_path)
    assert (tmp_path / "router.json").exists()


def test_the_questions_come_in_the_order_of_their_names() -> None:
    assert [one.name for one in questions()] == NAMES


def test_functions_that_run_inside_an_installation_exist() -> None:
    """Their names stand in strings, which no type checker reads."""
    pattern = re.compile(r'run_inside\(\s*\w+, "([\w.]+)\.(\w+)"')
    named = {found for m in modules("benchmarks") for found in pattern.findall(m.text)}
    assert len(named) == 8
    assert [name for name in named if not callable(getattr(importlib.import_module(name[0]), name[1], None))] == []
