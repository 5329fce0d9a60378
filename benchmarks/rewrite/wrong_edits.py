"""Tries short cases of wrong edits: literal and technical senses, terms, direct speech, markup, spelling and others.

At each level and with each strategy of a case, the result of the rules must hold every text of `keeps` and none of
`never`. The cases stand in the shared folder; none of their sentences is printed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from benchmarks.support import data
from humanize.options import RewriteOptions, Strategy, TextFormat
from humanize.pipeline.rewrite import rewrite_text

FILE = "wrong_edits.jsonl"


@dataclass(frozen=True, slots=True)
class Case:
    """A text with what its result must hold and must not hold, at these levels with these strategies."""

    id: str
    kind: str
    text: str
    format: TextFormat
    levels: tuple[int, ...]
    strategies: tuple[Strategy, ...]
    keeps: tuple[str, ...]
    never: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """How many cases of a kind passed, and the ids of those that did not."""

    kind: str
    passed: int
    total: int
    failed: tuple[str, ...]


def measure(cases: Sequence[Case]) -> tuple[Passed, ...]:
    """Return what passed by kind, in the order in which the kinds first appear."""
    by_kind: dict[str, list[Case]] = {}
    for case in cases:
        by_kind.setdefault(case.kind, []).append(case)
    return tuple(_passed(kind, found) for kind, found in by_kind.items())


def passes(case: Case) -> bool:
    """Return whether the result is right at every level with every strategy of the case."""
    return all(
        all(text in result for text in case.keeps) and not any(text in result for text in case.never)
        for result in _results(case)
    )


def cases(path: Path | None = None) -> tuple[Case, ...]:
    """Read the cases of the shared folder, or of `path`. Raises SystemExit where the file is missing."""
    source = path or data.faults_folder() / FILE
    if not source.exists():
        raise SystemExit(f"{source} is missing; set YOUMAN_DATA to the folder of the data set")
    return tuple(_case(json.loads(line)) for line in source.read_text(encoding="utf-8").splitlines() if line)


def _results(case: Case) -> Iterator[str]:
    for level in case.levels:
        for strategy in case.strategies:
            yield rewrite_text(case.text, RewriteOptions(level=level, strategy=strategy, format=case.format)).result


def _passed(kind: str, found: Sequence[Case]) -> Passed:
    failed = tuple(case.id for case in found if not passes(case))
    return Passed(kind, len(found) - len(failed), len(found), failed)


def _case(row: dict[str, object]) -> Case:
    levels = row["levels"]
    assert isinstance(levels, list)
    return Case(
        id=str(row["id"]), kind=str(row["kind"]), text=str(row["text"]), format=cast(TextFormat, row["format"]),
        levels=tuple(int(level) for level in levels),
        strategies=tuple(cast(Strategy, name) for name in _texts(row["strategies"])),
        keeps=_texts(row["keeps"]), never=_texts(row["never"]),
    )  # fmt: skip


def _texts(value: object) -> tuple[str, ...]:
    assert isinstance(value, list)
    return tuple(map(str, value))
