"""From confidences to edits: the best that do not overlap, over a threshold that trades coverage for precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from humanize.revision.candidates import CandidateEdit
from humanize.text.edits import TextEdit


@dataclass(frozen=True, slots=True)
class Chosen:
    """An edit and how sure the model is that its author would keep it, from 0 to 1."""

    edit: TextEdit
    confidence: float


MOST_SHORTER = 0.14  # the share of a text's characters that all its edits together may take away


def decode(
    found: Sequence[CandidateEdit], confidences: Sequence[float], threshold: float, length: int
) -> tuple[Chosen, ...]:
    """In text order, apart by at least one character, so that each can be decided by itself.

    ``length`` is the text's, in characters.
    """
    order = sorted(range(len(found)), key=lambda number: (-confidences[number], found[number].edit.start, number))
    taken: list[Chosen] = []
    room = MOST_SHORTER * length
    for number in order:
        if confidences[number] < threshold:
            break
        edit = found[number].edit
        shorter = len(edit.before) - len(edit.after)
        if shorter <= max(room, 0.0) and all(
            edit.end < other.edit.start or other.edit.end < edit.start for other in taken
        ):
            taken.append(Chosen(edit, float(confidences[number])))
            room -= shorter
    return tuple(sorted(taken, key=lambda one: one.edit.start))
