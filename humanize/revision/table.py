"""The mined table of replacements: what people wrote where a model had written something else. Pure.

The counts are numbers of training pairs. An entry has `before` and `after` in folded words; an empty `after` removes
the phrase.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Swap:
    """A replacement with its counts.

    A model wrote `before` in `times_seen` pairs; people changed it in `times_changed` of them, and wrote `after` in
    `times_chosen` of those. `lean` and `after_lean` are logarithms of how much more often models than people write the
    phrase.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    times_chosen: float
    times_changed: float
    times_seen: float
    lean: float
    after_lean: float

    @property
    def share_changed(self) -> float:
        return self.times_changed / max(self.times_seen, 1.0)

    @property
    def share_chosen(self) -> float:
        return self.times_chosen / max(self.times_changed, 1.0)


@dataclass(frozen=True, slots=True)
class Table:
    """The swaps, grouped by the first word that they replace."""

    swaps: Mapping[str, tuple[Swap, ...]]

    def __len__(self) -> int:
        return sum(map(len, self.swaps.values()))

    def rows(self) -> list[list[object]]:
        return [
            [
                " ".join(one.before),
                " ".join(one.after),
                one.times_chosen,
                one.times_changed,
                one.times_seen,
                one.lean,
                one.after_lean,
            ]
            for group in self.swaps.values()
            for one in group
        ]


def table_of(swaps: Iterable[Swap]) -> Table:
    grouped: dict[str, list[Swap]] = {}
    for swap in sorted(swaps, key=lambda one: (one.before, one.after)):
        grouped.setdefault(swap.before[0], []).append(swap)
    return Table({first: tuple(group) for first, group in grouped.items()})


def read_rows(rows: Sequence[Sequence[object]]) -> Table:
    """Read a table from its `rows`, leaving out swaps that are not `allowed`. Raises ValueError for a damaged row."""
    swaps = [_swap(row) for row in rows]
    return table_of(swap for swap in swaps if is_allowed(swap.before, swap.after))


def _swap(row: Sequence[object]) -> Swap:
    if len(row) != 7 or not isinstance(row[0], str) or not isinstance(row[1], str) or not row[0]:
        raise ValueError(f"not a row of the table: {row!r}")
    numbers = [float(value) for value in row[2:] if isinstance(value, int | float)]
    chosen, changed, seen, lean, after_lean = numbers
    return Swap(tuple(row[0].split()), tuple(row[1].split()), chosen, changed, seen, lean, after_lean)


@dataclass(frozen=True, slots=True)
class Cuttable:
    """The words that may be removed: `words` inside a sentence, `ties` at its beginning."""

    words: frozenset[str]
    ties: frozenset[str]


@cache
def cuttable() -> Cuttable:
    words: set[str] = set()
    ties: set[str] = set()
    for line in files("humanize.revision").joinpath("data/cuttable.txt").read_text("utf-8").splitlines():
        if line.startswith(","):
            ties.update(line[1:].split())
        elif not line.startswith("#"):
            words.update(line.split())
    return Cuttable(frozenset(words), frozenset(ties))


def is_allowed(before: Sequence[str], after: Sequence[str]) -> bool:
    """Return whether a replacement may be used. Reviewers' rulings apply to models trained before them as well."""
    if is_refused(before, after):
        return False
    known = cuttable()
    tie = len(before) == 2 and before[1] == "," and before[0] in known.ties
    return bool(after) or tie or (len(before) == 1 and before[0] in known.words)


def is_refused(before: Sequence[str], after: Sequence[str]) -> bool:
    """Return whether a reviewer has ruled out this replacement, or all replacements of the phrase."""
    phrase = " ".join(before)
    return phrase in _refused() or f"{phrase} > {' '.join(after)}" in _refused()


@cache
def _refused() -> frozenset[str]:
    lines = files("humanize.revision").joinpath("data/refused.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
