"""From confidences to edits: the best that do not overlap, over a threshold that trades coverage for precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from humanize.revision.candidates import Candidate
from humanize.text.edits import Edit


@dataclass(frozen=True, slots=True)
class Chosen:
    """An edit and how sure the model is that its author would keep it, from 0 to 1."""

    edit: Edit
    confidence: float


def decode(found: Sequence[Candidate], confidences: Sequence[float], threshold: float) -> tuple[Chosen, ...]:
    """In text order, apart by at least one character, so that each can be decided by itself."""
    order = sorted(range(len(found)), key=lambda number: (-confidences[number], found[number].edit.start, number))
    taken: list[Chosen] = []
    for number in order:
        if confidences[number] < threshold:
            break
        edit = found[number].edit
        if all(edit.end < other.edit.start or other.edit.end < edit.start for other in taken):
            taken.append(Chosen(edit, float(confidences[number])))
    return tuple(sorted(taken, key=lambda one: one.edit.start))
