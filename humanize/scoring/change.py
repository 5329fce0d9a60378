"""How much of a text a set of edits touches."""

from __future__ import annotations

import re
from collections.abc import Sequence

from humanize.text.edits import Edit

_WORD = re.compile(r"\S+")


def share_changed(source: str, edits: Sequence[Edit]) -> float:
    """Words replaced, removed or inserted, over the words of the source, at most 1.

    Words that an edit only carries along at its ends, and that stand on both sides, are not counted. An edit inside a
    word touches that word.
    """
    total = sum(1 for _ in _WORD.finditer(source))
    if not edits:
        return 0.0
    touched = sum(_touched(edit) for edit in edits)
    return min(touched / total, 1.0) if total else 1.0


def _touched(edit: Edit) -> int:
    before, after = edit.before.split(), edit.after.split()
    while before and after and before[0] == after[0]:
        before, after = before[1:], after[1:]
    while before and after and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    if not before and not after:
        return int(edit.before != edit.after and bool(edit.before.strip() or edit.after.strip()))
    return max(len(before), len(after))
