"""Terminal output of the command: a diff by lines with the reason of each edit, and a progress bar."""

from __future__ import annotations

import re
import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TextIO

from humanize.cli.offline import OfflineAnswer
from humanize.presenters import left_out, plain_result
from humanize.text.edits import TextEdit, apply, sure

_RED, _GREEN, _DIM, _PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[2m", "\x1b[0m"
_BAR_WIDTH = 30
_BAR_FROM_WORDS = 10_000


class ProgressDisplay:
    """A progress bar on the given stream, shown for input of 10,000 words or more."""

    def __init__(self, stream: TextIO, *, enabled: bool) -> None:
        self._stream = stream
        self._enabled = enabled
        self._started = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        if not self._enabled or total < _BAR_FROM_WORDS:
            return
        full = done * _BAR_WIDTH // total
        left = (time.monotonic() - self._started) * (total - done) / max(done, 1)
        bar = "█" * full + "░" * (_BAR_WIDTH - full)
        self._stream.write(f"\r{bar} {done * 100 // total:3d} %  {left:4.0f} s left")
        if done == total:
            self._stream.write("\n")
        self._stream.flush()


def as_diff(answer: OfflineAnswer, *, colour: bool) -> str:
    """Return the changed lines before and after, followed by their edits with reasons; empty if nothing changed.

    Edits that somebody has to look at are not in the lines after; they are marked, with the reason to look.
    """
    source = answer.rewrite.source
    return "".join(_hunk(source, hunk, colour) for hunk in _hunks(source, answer.rewrite.edits))


def notes_of(answer: OfflineAnswer) -> list[str]:
    """Return the warnings of a rewrite, and how many edits it leaves out because somebody has to look at them.

    Where nothing else tells why there are no edits, a note says what was looked for.
    """
    rewrite = answer.rewrite
    told = rewrite.edits or rewrite.measures.warnings
    summary = "" if told else plain_result(0, answer.route, rewrite.options.language)
    return [note for note in (*rewrite.measures.warnings, left_out(answer.to_look), summary) if note]


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Whole lines `source[start:end]` with their edits; `line` is the number of the first line, from 1."""

    line: int
    start: int
    end: int
    edits: tuple[TextEdit, ...]


def _hunks(source: str, edits: Sequence[TextEdit]) -> Iterator[_Hunk]:
    starts = [0, *(match.end() for match in re.finditer("\n", source))]
    open_hunk: _Hunk | None = None
    for edit in edits:
        first = bisect_right(starts, edit.start) - 1
        last = bisect_right(starts, max(edit.start, edit.end - 1)) - 1
        end = starts[last + 1] if last + 1 < len(starts) else len(source)
        if open_hunk is not None and starts[first] < open_hunk.end:
            open_hunk = replace(open_hunk, end=max(end, open_hunk.end), edits=(*open_hunk.edits, edit))
            continue
        if open_hunk is not None:
            yield open_hunk
        open_hunk = _Hunk(first + 1, starts[first], end, (edit,))
    if open_hunk is not None:
        yield open_hunk


def _hunk(source: str, hunk: _Hunk, colour: bool) -> str:
    red, green, dim, plain = (_RED, _GREEN, _DIM, _PLAIN) if colour else ("", "", "", "")
    before = source[hunk.start : hunk.end]
    edits = [replace(e, start=e.start - hunk.start, end=e.end - hunk.start) for e in sure(hunk.edits)]
    lines = [f"{dim}@@ line {hunk.line} @@{plain}"]
    if edits:
        lines += [f"{red}- {line}{plain}" for line in before.splitlines()]
        lines += [f"{green}+ {line}{plain}" for line in apply(before, edits).splitlines()]
    else:
        lines += [f"  {line}" for line in before.splitlines()]
    lines += [f"{dim}  {_described(edit)}{plain}" for edit in hunk.edits]
    return "\n".join(lines) + "\n"


def _described(edit: TextEdit) -> str:
    change = f"“{edit.before}” → “{edit.after}”: {edit.reason}"
    return f"to look at: {change} {edit.look}" if edit.look else change
