"""Verdicts that a reader gave on edits in context, kept without the sentences: `sign`, `pointless` or `no`.

A pointless edit is correct and makes nothing better: it counts as signed, and apart.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from benchmarks.support.data import ROOT

RULES = ROOT / "benchmarks" / "rules_quality" / "verdicts.csv"
_REFUSED = frozenset({"no", "refuse"})
EDITOR = ROOT / "benchmarks" / "editor" / "verdicts.csv"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=2)
def signed_share(path: Path) -> float:
    """Return the share of all edits in the file that the reader would sign."""
    return _share([row["verdict"] for row in rows(path)])


def by_draw(path: Path) -> dict[str, list[str]]:
    """Return the verdicts of each draw, in the order in which they were read."""
    draws: dict[str, list[str]] = {}
    for row in rows(path):
        draws.setdefault(row["draw"], []).append(row["verdict"])
    return draws


def last_draw_share(path: Path) -> float:
    """Return the share of the last draw's edits that the reader would sign: earlier draws changed the rules."""
    return _share(list(by_draw(path).values())[-1])


def last_draw_pointless(path: Path) -> float:
    """Return the share of the last draw's edits that made nothing better."""
    last = list(by_draw(path).values())[-1]
    return last.count("pointless") / len(last)


def _share(verdicts: list[str]) -> float:
    return 1 - sum(verdict in _REFUSED for verdict in verdicts) / len(verdicts)
