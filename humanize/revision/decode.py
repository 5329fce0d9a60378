"""Chooses edits by confidence: the best that do not overlap, above a threshold that trades coverage for precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from humanize.revision.candidates import CandidateEdit
from humanize.text.edits import TextEdit


@dataclass(frozen=True, slots=True)
class ChosenEdit:
    """A chosen edit with the model's confidence (0 to 1) that the author would keep it."""

    edit: TextEdit
    confidence: float


MOST_SHORTER = 0.14  # the share of a text's characters that all edits together may remove


def decode(
    candidates: Sequence[CandidateEdit], confidences: Sequence[float], threshold: float, length: int
) -> tuple[ChosenEdit, ...]:
    """Return the chosen edits in text order, at least one character apart, so that each can be decided separately.

    `length` is the length of the text in characters.
    """
    order = sorted(
        range(len(candidates)), key=lambda number: (-confidences[number], candidates[number].edit.start, number)
    )
    taken: list[ChosenEdit] = []
    room = MOST_SHORTER * length
    for number in order:
        if confidences[number] < threshold:
            break
        edit = candidates[number].edit
        shorter = len(edit.before) - len(edit.after)
        if shorter <= max(room, 0.0) and all(
            edit.end < other.edit.start or other.edit.end < edit.start for other in taken
        ):
            taken.append(ChosenEdit(edit, float(confidences[number])))
            room -= shorter
    return tuple(sorted(taken, key=lambda one: one.edit.start))
