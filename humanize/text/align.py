"""Turns any rewrite, such as an LLM's, into small, readable edits of its source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Indel

from humanize.text.edits import TextEdit

_TOKEN = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*|\s+|[^\w\s]|_")
_MOST_PAIRS = 20_000 * 20_000  # of tokens; the comparison takes a bit of memory for each
_PART = 2_000
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
    for here in differences(old, new):
        if found and _near(old, found[-1][1], here[0]):
            found[-1] = (found[-1][0], here[1], found[-1][2], here[3])
        else:
            found.append(here)
    return found


def differences(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the ranges of tokens that differ, as start and end in `old`, then in `new`, in order.

    Sequences too long for one comparison are compared part by part.
    """
    parts = 1 if len(old) * len(new) <= _MOST_PAIRS else -(-max(len(old), len(new)) // _PART)
    for number in range(parts):
        left, right = (len(old) * number // parts, len(new) * number // parts)
        here = old[left : len(old) * (number + 1) // parts], new[right : len(new) * (number + 1) // parts]
        for step in Indel.opcodes(*here):
            if step.tag != "equal":
                yield left + step.src_start, left + step.src_end, right + step.dest_start, right + step.dest_end


def _near(old: list[str], left: int, right: int) -> bool:
    between = old[left:right]
    return len(between) < _CLOSE and not any(mark in ".!?" for mark in between)
