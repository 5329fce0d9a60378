"""Plain text: its lines with their offsets, and its blocks (paragraphs, list items, headings) between blank lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from humanize.text.spans import Span

_END = re.compile(r"\r\n|\n|\r")  # the other separators of Unicode stay inside a line
ITEM = re.compile(r"\A[ \t]*+(?:[-*+•‣◦–]|\(?\d{1,3}[.)]|\(?[a-z][.)]|\(?[A-Z]\))[ \t]+(?=\S)")
_ENDED = re.compile(r"[.!?…:;,。！？][\"'”’»)\]]*\s*$")
_HEADING_WORDS = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A line: `content` is `text[start:end]`, without its line end."""

    start: int
    end: int
    content: str

    @property
    def blank(self) -> bool:
        return not self.content.strip()


def lines(text: str) -> Iterator[Line]:
    at = 0
    for match in _END.finditer(text):
        yield Line(at, match.start(), text[at : match.start()])
        at = match.end()
    if at < len(text):
        yield Line(at, len(text), text[at:])


def blocks(text: str) -> Iterator[Span]:
    """Yield the blocks in order, without overlaps; there is only white space between them."""
    group: list[Line] = []
    for line in lines(text):
        if line.blank or ITEM.match(line.content):
            yield from _flush(group)
            group = []
        if not line.blank:
            group.append(line)
    yield from _flush(group)


def _flush(group: list[Line]) -> Iterator[Span]:
    if not group:
        return
    first = ITEM.match(group[0].content)
    start, end = group[0].start, group[-1].end
    if first:
        yield Span(start + first.end(), end, "list_item")
    elif _is_heading(group):
        yield Span(start, end, "heading")
    else:
        yield Span(start, end, "paragraph")


def _is_heading(group: list[Line]) -> bool:
    content = group[0].content
    return len(group) == 1 and len(content.split()) <= _HEADING_WORDS and not _ENDED.search(content)
