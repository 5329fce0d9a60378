"""Turns any rewrite, such as an LLM's, into small, readable edits of its source."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import Indel

from humanize.text.edits import TextEdit

_TOKEN = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*|\s+|[^\w\s]|_")
_CLOSE = 3  # two changes with fewer unchanged tokens between them read better as one


def align(source: str, result: str, *, reason: str, origin: str) -> tuple[TextEdit, ...]:
    """Return the edits that turn `source` into `result`; applying them gives `result` exactly.

    The edits replace whole words; a change of white space alone is an edit too. `origin` becomes their `source`.
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
    """Return the changed token ranges of old and new, joining those that nearly touch."""
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
