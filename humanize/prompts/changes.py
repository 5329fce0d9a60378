"""Turns a model's changed sentences into edits of the source, each with a reason for the writer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from humanize.prompts.placeholders import single_spaced
from humanize.text.align import align
from humanize.text.edits import TextEdit
from humanize.text.line_ends import keep_line_ends

_WHOLE_FROM_EDITS = 3  # a sentence with more changes than this becomes one edit, which is easier to decide on
_STOPS = re.compile(r"[.!?](?=\s|$)")


def edits_for(source: str, start: int, end: int, after: str, *, reason: str, origin: str) -> tuple[TextEdit, ...]:
    """Return the edits that turn `source[start:end]` into `after` and keep all line ends; none where they cannot."""
    before = source[start:end]
    places = _places(before)
    found = align(single_spaced(before), after, reason=reason, origin=origin)
    if len(found) <= _WHOLE_FROM_EDITS:
        edits = tuple(_placed(source, start, places, edit) for edit in found)
        kept = keep_line_ends(source, edits)
        if len(kept) == len(edits):
            return kept
    # A sentence reads right with all of its changes or with none; as one they have more places for a line end.
    whole = _placed(source, start, places, _one(single_spaced(before), after, found, reason, origin))
    return keep_line_ends(source, [whole])


def reason_for(code: str, before: str, after: str, codes: Mapping[str, str]) -> str:
    """Return the sentence for the model's reason code, or for another one if the change contradicts the code."""
    stops = len(_STOPS.findall(after)) - len(_STOPS.findall(before))
    if stops and code not in {"s", "j"}:
        return codes["s" if stops > 0 else "j"]
    if code in codes and (stops or code not in {"s", "j"}):
        return codes[code]
    return codes["d" if len(after.split()) < len(before.split()) else "w"]


def _places(before: str) -> list[int]:
    """Return the position in `before` of each character of its single-spaced form, and the end of `before`."""
    places, in_space = [], False
    for at, character in enumerate(before):
        space = character.isspace()
        if not (space and in_space):
            places.append(at)
        in_space = space
    return [*places, len(before)]


def _placed(source: str, start: int, places: list[int], edit: TextEdit) -> TextEdit:
    at, to = start + places[edit.start], start + places[edit.end]
    if edit.end > edit.start:
        to = max(to, at)
    return replace(edit, start=at, end=to, before=source[at:to])


def _one(before: str, after: str, found: tuple[TextEdit, ...], reason: str, origin: str) -> TextEdit:
    first, last = found[0].start, found[-1].end
    tail = len(before) - last
    return TextEdit(first, last, before[first:last], after[first : len(after) - tail], reason, origin)
