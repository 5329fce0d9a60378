"""Runs every test that is marked as an attack and counts the cases by their line of docs/threats.md."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.support.data import ROOT

_FILE = "YOUMAN_ATTACKS"  # where the plugin below writes what it counted
_NOT_HERE = "torch or tensorflow or presidio or swift or libreoffice"
_LANES = (("-m", "attack and embedded"), ("-n", "2", "-m", f"attack and not embedded and not ({_NOT_HERE})"))
_reports: list[tuple[str, str]] = []


@dataclass(frozen=True, slots=True)
class Attacks:
    """How many cases ran, and how many of them failed, by line."""

    cases: Counter[str]
    through: Counter[str]


def attacks() -> Attacks:
    """Run the lanes one after the other. A case that is skipped is not counted."""
    cases, through = Counter[str](), Counter[str]()
    for lane in _LANES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "attacks.json"
            options = ("--lane", "embedded") if "embedded" in lane[-1] and "not embedded" not in lane[-1] else ()
            command = [sys.executable, "-m", "tests", *options, *lane, "-p", "benchmarks.hardening.attacks", "-q"]
            subprocess.run(command, cwd=ROOT, env=os.environ | {_FILE: str(path)}, check=False)
            for line, outcome in json.loads(path.read_text(encoding="utf-8")):
                cases[line] += 1
                through[line] += outcome == "failed"
    return Attacks(cases, through)


def pytest_runtest_setup(item: pytest.Item) -> None:
    mark = item.get_closest_marker("attack")
    if mark is not None:
        item.user_properties.append(("attack", str(mark.args[0])))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    line = dict(report.user_properties).get("attack")
    # A test that fails in its fixtures has proved nothing: it counts as one that came through.
    if line is not None and (report.when == "call" or report.failed) and report.outcome != "skipped":
        _reports.append((str(line), report.outcome))


def pytest_sessionfinish(session: pytest.Session) -> None:
    path = os.environ.get(_FILE)
    if path and not hasattr(session.config, "workerinput"):
        Path(path).write_text(json.dumps(_reports), encoding="utf-8")
