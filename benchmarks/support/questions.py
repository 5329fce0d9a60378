"""The benchmarks, read from the docstrings of their folders.

A docstring asks the question in its first paragraph; then come the lines `Measures:` (names of figures, where `*`
stands for any text), `Needs:` and `Takes:`, and `Part of:` where another benchmark measures the same figures too.
"""

from __future__ import annotations

import importlib
import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import zip_longest

from benchmarks.support.data import ROOT

_FIELD = re.compile(r"^(Measures|Needs|Takes|Part of): (.+?)(?=^[A-Z][a-z]+(?: of)?: |\Z)", re.M | re.S)
_WIDTHS = (15, 46, 46, 16)


@dataclass(frozen=True, slots=True)
class Question:
    """A benchmark: what it asks, the names of its figures, what it needs and about how long it takes."""

    name: str
    asks: str
    measures: tuple[str, ...]
    needs: str
    takes: str
    part_of: str

    def names(self, figure: str) -> bool:
        """Tell whether the docstring names this figure."""
        return any(fnmatchcase(figure, pattern) for pattern in self.measures)


def question(name: str) -> Question:
    """Read the docstring of `benchmarks/NAME/__init__.py`. Raises ValueError where one of its lines is missing."""
    text = importlib.import_module(f"benchmarks.{name}").__doc__ or ""
    fields = {title: " ".join(value.split()) for title, value in _FIELD.findall(text)}
    missing = [title for title in ("Measures", "Needs", "Takes") if title not in fields]
    if missing:
        raise ValueError(f"the docstring of benchmarks/{name} has no line {' or '.join(missing)}")
    measures = tuple(part.strip(" .") for part in fields["Measures"].split(","))
    asks = " ".join(text.partition("\n\n")[0].split())
    return Question(name, asks, measures, fields["Needs"], f"about {fields['Takes']}", fields.get("Part of", ""))


def questions() -> list[Question]:
    """Return all benchmarks by name: the folders that have a module `run`."""
    folders = sorted(path.parent.name for path in (ROOT / "benchmarks").glob("*/run.py"))
    return [question(name) for name in folders]


def table(found: Iterable[Question]) -> str:
    """Lay the benchmarks out in columns: name, question and figures, needs, duration."""
    rows = [_row(("NAME", "MEASURES", "NEEDS", "TAKES"))]
    for one in found:
        also = f" Also part of {one.part_of}." if one.part_of else ""
        rows.append(_row((one.name, f"{one.asks} Figures: {', '.join(one.measures)}.{also}", one.needs, one.takes)))
    return "\n".join(rows)


def _row(cells: tuple[str, ...]) -> str:
    columns = [textwrap.wrap(cell, width, break_on_hyphens=False) for cell, width in zip(cells, _WIDTHS, strict=True)]
    lines = zip_longest(*columns, fillvalue="")
    return "\n".join(
        "  ".join(f"{part:{width}}" for part, width in zip(line, _WIDTHS, strict=True)).rstrip() for line in lines
    )
