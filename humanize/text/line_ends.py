"""Line ends belong to the author: no edit of any engine adds, removes or changes one.

Prose is wrapped anywhere, so an edit may reach over a line end. Its replacement then breaks the line at a space of its
own, with the author's characters. Pure: no Django, no I/O.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace

from humanize.text.edits import TextEdit

# The characters at which `str.splitlines` ends a line; a carriage return with a line feed is one line end.
LINE_END = re.compile("\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
PARAGRAPH_BREAK = re.compile(r"(?:\r\n|[\n\r])[ \t]*(?:\r\n|[\n\r])")
_PIECE = re.compile(r"\S+|\s+")
# What becomes a list item, a heading, a quotation or a table where it begins a line.
_OPENS_BLOCK = re.compile(r"[-*+•‣◦–#>|=_~`<:]|\(?(?:\d{1,9}|[A-Za-z])[.)](?:\s|$)")
_WINDOW = 32  # words around the expected place in which a place for a line end is looked for
_SAME_NEIGHBOUR = 2.0  # a word that stood next to the line end before is worth as much as two words of distance


@dataclass(frozen=True, slots=True)
class _Gap:
    """White space `text[start:end]` with so many words before it, and the words at its sides."""

    start: int
    end: int
    words: int
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class _Breaks:
    """The line ends of an edit's `before`, each with the white space around it; `inner` ones stand between words."""

    lead: str
    inner: tuple[tuple[str, _Gap], ...]
    tail: str

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(text for text in (self.lead, *(text for text, _ in self.inner), self.tail) if text)


def keep_line_ends(source: str, edits: Sequence[TextEdit]) -> tuple[TextEdit, ...]:
    """Return the edits, changed so that each has in `after` exactly the line ends of its `before`, in order.

    One that cannot keep them is left out, and one may be widened by the spaces next to it. With any of the returned
    edits applied, the line ends are those of the source. `edits` are well-formed (see `edits.check`), and so are
    the returned ones. Idempotent; linear in the length of the edits.
    """
    kept: list[TextEdit] = []
    for number, edit in enumerate(edits):
        if _joins_line_ends(source, edit):
            continue
        if LINE_END.findall(edit.before) == LINE_END.findall(edit.after):
            kept.append(edit)
            continue
        floor = kept[-1].end if kept else 0
        ceiling = edits[number + 1].start - 1 if number + 1 < len(edits) else len(source)
        fitted = _fitted(source, edit, floor, ceiling)
        if fitted is not None and fitted.before != fitted.after and not _joins_line_ends(source, fitted):
            kept.append(fitted)
    return tuple(kept)


def _joins_line_ends(source: str, edit: TextEdit) -> bool:
    """Whether the edit may leave a carriage return alone before a line feed: two line ends would become one."""
    return not edit.after and source[max(0, edit.start - 1) : edit.start] == "\r"


def _fitted(source: str, edit: TextEdit, floor: int, ceiling: int) -> TextEdit | None:
    breaks = _breaks_of(edit.before)
    words = _without_line_ends(source, edit)
    if not breaks.all:
        return replace(edit, after=words)
    words = words.lstrip() if breaks.lead else words
    words = words.rstrip() if breaks.tail else words
    after = _after(source, edit, breaks, words)
    if after is None:
        return None
    return _closed_up(source, edit, breaks, after, floor, ceiling)


def _breaks_of(text: str) -> _Breaks:
    lead = tail = ""
    inner: list[tuple[str, _Gap]] = []
    for gap in _gaps(text):
        space = text[gap.start : gap.end]
        if not LINE_END.search(space):
            continue
        if gap.start == 0:
            lead = space
        elif gap.end == len(text):
            tail = space
        else:
            inner.append((space, gap))
    return _Breaks(lead, tuple(inner), tail)


def _gaps(text: str) -> list[_Gap]:
    pieces = list(_PIECE.finditer(text))
    gaps: list[_Gap] = []
    words = 0
    for number, piece in enumerate(pieces):
        if not piece.group()[0].isspace():
            words += 1
            continue
        left = pieces[number - 1].group() if number else ""
        right = pieces[number + 1].group() if number + 1 < len(pieces) else ""
        gaps.append(_Gap(piece.start(), piece.end(), words, left, right))
    return gaps


def _without_line_ends(source: str, edit: TextEdit) -> str:
    """The replacement with a space for each line end; none at a side where white space stands already."""
    after = re.sub(r"\s+", lambda space: " " if LINE_END.search(space.group()) else space.group(), edit.after)
    if after[:1] == " " != edit.after[:1] and not source[max(0, edit.start - 1) : edit.start].strip():
        after = after[1:]
    if after[-1:] == " " != edit.after[-1:] and not source[edit.end : edit.end + 1].strip():
        after = after[:-1]
    return after


def _after(source: str, edit: TextEdit, breaks: _Breaks, words: str) -> str | None:
    """The replacement with all line ends of `breaks`. None where there is no place for them."""
    if not words.strip():
        # Two of them in a row would be a paragraph break.
        return breaks.all[0] if len(breaks.all) == 1 else None
    found = _spread(words, edit.before, breaks.inner)
    if found is None and len(breaks.inner) == 1:
        found = _next_to(source, edit, breaks, words)
    return None if found is None else breaks.lead + found + breaks.tail


def _spread(words: str, before: str, inner: Sequence[tuple[str, _Gap]]) -> str | None:
    """`words` with each line end at the gap that fits it best, in order."""
    gaps = [gap for gap in _gaps(words) if gap.left and gap.right and not _OPENS_BLOCK.match(words, gap.end)]
    counts = [gap.words for gap in gaps]
    scale = len(words.split()) / max(1, len(before.split()))
    out: list[str] = []
    at = first = 0
    for number, (text, old) in enumerate(inner):
        stop = len(gaps) - (len(inner) - number - 1)
        if first >= stop:
            return None
        expected = old.words * scale
        middle = min(max(bisect_left(counts, expected), first), stop)
        near = range(max(first, middle - _WINDOW), min(stop, middle + _WINDOW))
        best = min(near, key=lambda place: _distance(gaps[place], old, expected))
        out += (words[at : gaps[best].start], text)
        at, first = gaps[best].end, best + 1
    return "".join((*out, words[at:]))


def _distance(gap: _Gap, old: _Gap, expected: float) -> float:
    same = (gap.left == old.left) + (gap.right == old.right)
    return abs(gap.words - expected) - _SAME_NEIGHBOUR * same


def _next_to(source: str, edit: TextEdit, breaks: _Breaks, words: str) -> str | None:
    """The line end before or after the words, where a space of the source gives way to it."""
    text, first = breaks.inner[0][0], words.lstrip()
    preceding = source[max(0, edit.start - 1) : edit.start]
    if not breaks.lead and preceding in {" ", "\t"} and not _OPENS_BLOCK.match(first):
        return text + first
    following = source[edit.end : edit.end + 40]
    if not breaks.tail and following[:1] in {" ", "\t"} and not _OPENS_BLOCK.match(following.lstrip(" \t")):
        return words.rstrip() + text
    return None


def _closed_up(source: str, edit: TextEdit, breaks: _Breaks, after: str, floor: int, ceiling: int) -> TextEdit | None:
    """The edit with no space left between a line end that has moved and the words next to it.

    None where the line end would open or end the text, or make a blank line.
    """
    start, end = edit.start, edit.end
    if after[0].isspace() and not breaks.lead and LINE_END.search(after[: len(after) - len(after.lstrip())]):
        while start > floor and source[start - 1] in " \t":
            start -= 1
        if start == 0 or LINE_END.match(source[start - 1]):
            return None
    if after[-1].isspace() and not breaks.tail and LINE_END.search(after[len(after.rstrip()) :]):
        while end < ceiling and source[end] in " \t":
            end += 1
        if end == len(source) or LINE_END.match(source[end]):
            return None
    if not after.strip() and (start == 0 or end == len(source) or _blank(source, start, end)):
        return None
    return replace(edit, start=start, end=end, before=source[start:end], after=after)


def _blank(source: str, start: int, end: int) -> bool:
    return bool(LINE_END.match(source[start - 1]) or LINE_END.match(source[end]))
