"""Candidate edits: proposals of the rules, mined replacements and cuts, splits and joins. `decode` chooses among them.

No candidate touches a protected span, and each has a reason that people can read. Pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from humanize.revision.asides import asides
from humanize.revision.contractions import written_out_contractions
from humanize.revision.placement import Place, fit_swap
from humanize.revision.structure import contrasts, joins, relatives, splits, tails
from humanize.revision.table import Swap, Table
from humanize.revision.tokens import SPACE, Tokens
from humanize.text.edits import TextEdit
from humanize.text.spans import Span

Kind = Literal["rule", "swap", "cut", "tail", "split", "join"]
KINDS: tuple[Kind, ...] = ("rule", "swap", "cut", "tail", "split", "join")


@dataclass(frozen=True, slots=True)
class CandidateEdit:
    """An edit that the model may choose. Its tokens are `first` up to `last` (exclusive); `swap` is its table entry."""

    edit: TextEdit
    kind: Kind
    first: int
    last: int
    swap: Swap | None = None


def candidate_edits(
    tokens: Tokens, closed: Sequence[Span], proposed: Sequence[TextEdit], table: Table
) -> tuple[CandidateEdit, ...]:
    """Return all candidate edits in text order; they may overlap. `closed` are sorted spans that must not change."""
    place = Place(tokens, closed)
    found = [_of(place, edit, "rule") for edit in proposed]
    found += [_of(place, edit, _kind(swap), swap) for edit, swap in _from_table(place, table)]
    found += [_of(place, edit, "tail") for edit in tails(place)]
    found += [_of(place, edit, "split") for edit in splits(place)]
    found += [_of(place, edit, "join") for edit in (*joins(place), *relatives(place))]
    found += [
        _of(place, edit, "rule") for edit in (*written_out_contractions(place), *contrasts(place), *asides(place))
    ]
    return tuple(sorted(found, key=lambda one: (one.edit.start, one.edit.end, one.edit.after)))


def _kind(swap: Swap) -> Kind:
    return "swap" if swap.after else "cut"


def _of(place: Place, edit: TextEdit, kind: Kind, swap: Swap | None = None) -> CandidateEdit:
    tokens = place.tokens
    first = bisect_left(tokens.ends, edit.start + 1)
    last = max(bisect_left(tokens.starts, edit.end), first + 1)
    return CandidateEdit(edit, kind, min(first, len(tokens) - 1), min(last, len(tokens)), swap)


def _from_table(place: Place, table: Table) -> Iterator[tuple[TextEdit, Swap]]:
    tokens = place.tokens
    solid = [number for number, word in enumerate(tokens.words) if word != SPACE]
    for index, number in enumerate(solid):
        for swap in table.swaps.get(tokens.words[number], ()):
            span = solid[index : index + len(swap.before)]
            if len(span) == len(swap.before) and _matches(tokens, span, swap):
                edit = fit_swap(place, span[0], span[-1] + 1, swap)
                if edit is not None:
                    yield edit, swap


def _matches(tokens: Tokens, span: Sequence[int], swap: Swap) -> bool:
    return all(tokens.words[number] == word for number, word in zip(span, swap.before, strict=True))
