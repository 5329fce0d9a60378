"""One form for every benchmark: a table for people, JSON under var/bench/ for programs."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from benchmarks.support.questions import question

Bound = Literal["≥", "≤", "="]


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value with its target; `peer` is the peer's value from the same run, where one was measured."""

    name: str
    value: float | None
    unit: str
    target: str
    holds: bool | None
    peer: float | None = None


def judged(name: str, value: float | None, unit: str, bound: Bound, target: float, peer: float | None = None) -> Figure:
    """Compare a value with its target; None means that it was not measured here."""
    compare: dict[Bound, Callable[[float], bool]] = {
        "≥": lambda measured: measured >= target,
        "≤": lambda measured: measured <= target,
        "=": lambda measured: measured == target,
    }
    holds = None if value is None else compare[bound](value)
    return Figure(name, value, unit, f"{bound} {target:g}", holds, peer)


def reported(name: str, value: float | None, unit: str) -> Figure:
    """Report a value that has no target."""
    return Figure(name, value, unit, "–", None)


def publish(name: str, figures: Sequence[Figure], notes: Sequence[str], folder: Path) -> Path:
    """Print the table, write `folder/name.json` and return its path.

    Raises ValueError, once everything is written, when a figure is missing from the benchmark's docstring.
    """
    print(f"\n{name}, on {platform.machine()} {platform.system()}, Python {platform.python_version()}")
    print(_row("figure", "value", "unit", "target", "holds", "peer"))
    for one in figures:
        holds = {True: "yes", False: "NO", None: "–"}[one.holds]
        print(_row(one.name, _text(one.value), one.unit, one.target, holds, _text(one.peer)))
    print("\n".join(f"  {note}" for note in notes))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    body = {"figures": [asdict(figure) for figure in figures], "notes": list(notes)}
    path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    unnamed = [figure.name for figure in figures if not question(name).names(figure.name)]
    if unnamed:
        raise ValueError(f"name these figures in the docstring of benchmarks/{name}: {', '.join(unnamed)}")
    return path


def _row(name: str, value: str, unit: str, target: str, holds: str, peer: str) -> str:
    return f"{name:28}{value:>14} {unit:12}{target:>12}  {holds:6}{peer:>12}"


def _text(value: float | None) -> str:
    return "–" if value is None else f"{value:,.3f}".rstrip("0").rstrip(".")
