"""The edit: everything that shows, counts, verifies or learns from a rewrite works on edits of the source.

Pure: no Django, no I/O.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace

BLOCK_WORDS = 25


class EditError(ValueError):
    """The edits do not match their source, overlap, or are out of order."""


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replaces `source[start:end]`, which is `before`, by `after`.

    Offsets are in code points of the source, with an exclusive end; `start == end` inserts. `reason` is a sentence for
    the writer. `source` says what proposed the edit: `rules/<theme>/<rule id>`, `model/<name>` or `llm/<model>`; its
    first two parts are the edit's kind, by which a writer can accept several edits at once. `look` says why nobody but
    the writer can tell whether the edit keeps the facts; such an edit is in no text before it is accepted by itself.
    """

    start: int
    end: int
    before: str
    after: str
    reason: str
    source: str
    look: str = ""

    @property
    def kind(self) -> str:
        return "/".join(self.source.split("/")[:2])


def is_block(before: str, after: str) -> bool:
    """Whether an edit replaces a paragraph or several sentences: 25 words or more before and after.

    Such a block edit is shown and decided as a whole, with both sides.
    """
    return min(len(before.split()), len(after.split())) >= BLOCK_WORDS


def sure(edits: Iterable[TextEdit]) -> tuple[TextEdit, ...]:
    """Return the edits that go into a text before anybody has decided: all but those to be looked at."""
    return tuple(edit for edit in edits if not edit.look)


def check(source: str, edits: Sequence[TextEdit]) -> None:
    """Check that the edits are sorted, do not overlap and match the source. Two insertions at one place overlap.

    Raises EditError.
    """
    at = -1
    for edit in edits:
        if edit.start < max(at, 0) or (edit.start == at and edit.start == edit.end):
            raise EditError(f"the edit at {edit.start} overlaps the one before it or is out of order")
        if not edit.start <= edit.end <= len(source) or source[edit.start : edit.end] != edit.before:
            raise EditError(f"the edit at {edit.start} does not match the source")
        at = edit.end


def apply(source: str, edits: Sequence[TextEdit]) -> str:
    """Apply all edits to the source. Any subset of valid edits is valid. Raises EditError."""
    check(source, edits)
    parts: list[str] = []
    at = 0
    for edit in edits:
        parts += (source[at : edit.start], edit.after)
        at = edit.end
    return "".join((*parts, source[at:]))


def shift(edits: Iterable[TextEdit], by: int) -> tuple[TextEdit, ...]:
    """Return the same edits for a text in which their source stands `by` characters later (negative: earlier)."""
    return tuple(replace(edit, start=edit.start + by, end=edit.end + by) for edit in edits)


def invert(source: str, edits: Sequence[TextEdit]) -> tuple[TextEdit, ...]:
    """Return the edits of the result that restore the source. Raises EditError."""
    check(source, edits)
    inverse: list[TextEdit] = []
    moved = 0
    for edit in edits:
        start = edit.start + moved
        turned = replace(edit, start=start, end=start + len(edit.after), before=edit.after, after=edit.before)
        inverse.append(turned)
        moved += len(edit.after) - len(edit.before)
    return tuple(inverse)


def merge(source: str, edits: Sequence[TextEdit]) -> tuple[TextEdit, ...]:
    """Return the same change with adjacent edits joined, since they cannot be decided separately. Raises EditError."""
    check(source, edits)
    runs: list[list[TextEdit]] = []
    for edit in edits:
        if runs and runs[-1][-1].end == edit.start:
            runs[-1].append(edit)
        else:
            runs.append([edit])
    return tuple(_joined(run) for run in runs)


def compose(source: str, first: Sequence[TextEdit], second: Sequence[TextEdit]) -> tuple[TextEdit, ...]:
    """Return the edits of `source` that equal `first` followed by `second`, which edits `apply(source, first)`.

    An edit of `second` that reaches into an edit of `first` is joined with it, together with its reason. Raises
    EditError.
    """
    middle = apply(source, first)
    check(middle, second)
    return tuple(_clusters(source, middle, first, second))


def _clusters(source: str, middle: str, first: Sequence[TextEdit], second: Sequence[TextEdit]) -> list[TextEdit]:
    composed: list[TextEdit] = []
    later = {id(edit) for edit in second}
    inverse = invert(source, first)  # the same edits, in offsets of the middle text
    i = j = moved = 0  # `moved`: the middle offset minus the source offset at the current position
    while i < len(first) or j < len(second):
        here = [j < len(second) and (i == len(first) or second[j].start < inverse[i].start)]
        start = second[j].start if here[0] else inverse[i].start
        end, members, sources = start, list[TextEdit](), 0
        source_start = start - moved
        while True:
            if i < len(first) and inverse[i].start <= end:
                end = max(end, inverse[i].end)
                members.append(first[i])
                moved += len(first[i].after) - len(first[i].before)
                i, sources = i + 1, sources + 1
            elif j < len(second) and second[j].start <= end:
                end = max(end, second[j].end)
                members.append(second[j])
                j += 1
            else:
                break
        composed.append(_composed(source, middle, (source_start, end - moved), (start, end), members, later))
    return [edit for edit in composed if edit.before != edit.after]


def _composed(
    source: str,
    middle: str,
    old: tuple[int, int],
    new: tuple[int, int],
    members: list[TextEdit],
    later: Set[int],
) -> TextEdit:
    parts: list[str] = []
    at = new[0]
    for edit in members:
        if id(edit) in later:
            parts += (middle[at : edit.start], edit.after)
            at = edit.end
    after = "".join((*parts, middle[at : new[1]]))
    reasons, looks = _together(members)
    return TextEdit(old[0], old[1], source[old[0] : old[1]], after, reasons, members[0].source, looks)


def _joined(run: Sequence[TextEdit]) -> TextEdit:
    """One edit for adjacent ones. A reason that all share stands there once."""
    reasons, looks = _together(run)
    before, after = "".join(edit.before for edit in run), "".join(edit.after for edit in run)
    return TextEdit(run[0].start, run[-1].end, before, after, reasons, run[0].source, looks)


def _together(edits: Sequence[TextEdit]) -> tuple[str, str]:
    """Return the reasons of several edits, and why to look at them; each sentence once."""
    reasons = " ".join(dict.fromkeys(edit.reason for edit in edits))
    return reasons, " ".join(dict.fromkeys(edit.look for edit in edits if edit.look))
