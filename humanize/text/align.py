"""Any rewrite, an LLM's for one, back into small readable edits over its source."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import Indel

from humanize.text.edits import TextEdit

_TOKEN = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*|\s+|[^\w\s]|_")
_CLOSE = 3  # two changes with fewer unchanged words between them read better as one


def align(source: str, result: str, *, reason: str, origin: str) -> tuple[TextEdit, ...]:
    """Word-level edits that turn ``source`` into ``result``; ``origin`` becomes their ``source``.

    Whole words only; a change of white space alone is an edit too; applying them gives ``result`` exactly.
    """
    old, new = _tokens(source), _tokens(result)
    return tuple(_edits(source, old, new, reason, origin))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _edits(source: str, old: list[str], new: list[str], reason: str, origin: str) -> Iterator[TextEdit]:
    starts = [0]
    for token in old:
        starts.append(starts[-1] + len(token))
    for a, b, c, d in _changes(old, new):
        start, end = starts[a], starts[b]
        yield TextEdit(start, end, source[start:end], "".join(new[c:d]), reason, origin)


def _changes(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    """Changed token ranges of old and new, those that nearly touch taken together."""
    found: list[tuple[int, int, int, int]] = []
    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            continue
        here = (step.src_start, step.src_end, step.dest_start, step.dest_end)
        if found and _near(old, found[-1][1], here[0]):
            found[-1] = (found[-1][0], here[1], found[-1][2], here[3])
        else:
            found.append(here)
    return found


def _near(old: list[str], left: int, right: int) -> bool:
    between = old[left:right]
    return len(between) < _CLOSE and not any(mark in ".!?" for mark in between)
