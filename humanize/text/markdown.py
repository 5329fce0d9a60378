"""Blocks of Markdown, found line by line: enough of CommonMark to tell prose from what must stay unchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from humanize.text.plain import Line, lines
from humanize.text.spans import Span

_FENCE = re.compile(r"\A[ \t]*+(`{3,}|~{3,})")
_ATX = re.compile(r"\A {0,3}#{1,6}(?:[ \t]|$)")
_SETEXT = re.compile(r"\A {0,3}(?:=++|-++)[ \t]*+$")
_RULE = re.compile(r"\A {0,3}(?:(?:\*[ \t]*+){3,}+|(?:-[ \t]*+){3,}+|(?:_[ \t]*+){3,}+)$")
ITEM = re.compile(r"\A[ \t]*+(?:[-*+•]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")
_QUOTE = re.compile(r"\A {0,3}>")
_DEFINITION = re.compile(r"\A {0,3}\[[^\]\n]{1,200}\]:[ \t]")
_TABLE_RULE = re.compile(r"\A[ \t]*+\|?[ \t]*+:?-{2,}+:?[ \t]*+(?:\|[ \t]*+:?-{2,}+:?[ \t]*+)*+\|?[ \t]*+$")
_HTML = re.compile(r"\A {0,3}<(?:!--|/?[A-Za-z][\w-]*(?:[\s/>]|$))")
_INLINE_HTML = re.compile(r"\A {0,3}</?(?:a|abbr|b|br|cite|code|em|i|kbd|mark|q|s|small|span|strong|sub|sup|u)\b", re.I)


@dataclass(slots=True)
class _State:
    group: list[Line] = field(default_factory=list)
    kind: str = ""
    fence: str = ""


def blocks(text: str) -> Iterator[Span]:
    """Yield the blocks in order, without overlaps. List markers are between the blocks."""
    rows = list(lines(text))
    at, front = _front_matter(rows)
    if front:
        yield front
    state = _State()
    while at < len(rows):
        yield from _take(rows, at, state)
        at += 1
    yield from _flush(state)


def _front_matter(rows: list[Line]) -> tuple[int, Span | None]:
    if not rows or rows[0].content.rstrip() not in {"---", "+++"}:
        return 0, None
    mark = rows[0].content.rstrip()
    for number, line in enumerate(rows[1:200], 1):
        if line.content.rstrip() == mark:
            return number + 1, Span(rows[0].start, line.end, "front_matter")
    return 0, None


def _take(rows: list[Line], at: int, state: _State) -> Iterator[Span]:
    line = rows[at]
    if state.fence:
        yield from _in_fence(line, state)
        return
    kind = _kind(line, rows[at + 1] if at + 1 < len(rows) else None, state)
    if kind == "heading_rule":
        state.kind = "heading"
        state.group.append(line)
        yield from _flush(state)
    elif kind != "more":
        yield from _flush(state)
        if kind:
            state.kind, state.group = kind, [line]
        if kind == "code" and (fence := _FENCE.match(line.content)):
            state.fence = fence.group(1)
        if kind in {"heading", "rule"}:
            yield from _flush(state)
    else:
        state.group.append(line)


def _in_fence(line: Line, state: _State) -> Iterator[Span]:
    state.group.append(line)
    closing = line.content.strip()
    if closing and set(closing) == {state.fence[0]} and len(closing) >= len(state.fence):
        state.fence = ""
        yield from _flush(state)


def _kind(line: Line, following: Line | None, state: _State) -> str:
    """Return the kind of block that this line opens, "more" if it continues the current one, or "" if it is blank."""
    content = line.content
    if line.blank:
        return "more" if state.kind == "html_comment" else ""
    if state.kind == "paragraph" and _SETEXT.match(content):
        return "heading_rule"
    opened = _opens(content, following, state)
    if opened == state.kind and opened in {"quote", "table", "code"}:
        return "more"
    if opened:
        return opened
    return "more" if state.kind in {"paragraph", "list_item", "quote", "html", "definition"} else "paragraph"


def _opens(content: str, following: Line | None, state: _State) -> str:
    for pattern, kind in (
        (_FENCE, "code"),
        (_ATX, "heading"),
        (_RULE, "rule"),
        (_QUOTE, "quote"),
        (_DEFINITION, "definition"),
    ):
        if pattern.match(content):
            return kind
    if content.startswith(("    ", "\t")) and state.kind in {"", "code"} and not ITEM.match(content):
        return "code"
    if "|" in content and (
        state.kind == "table" or (following and _TABLE_RULE.match(following.content) and "|" in following.content)
    ):
        return "table"
    if ITEM.match(content):
        return "list_item"
    return "html" if _HTML.match(content) and not _INLINE_HTML.match(content) else ""


def _flush(state: _State) -> Iterator[Span]:
    if state.group:
        first = state.group[0]
        start, kind = first.start, state.kind
        if kind == "list_item" and (marker := ITEM.match(first.content)):
            start += marker.end()
        yield Span(start, state.group[-1].end, {"rule": "blank", "definition": "code"}.get(kind, kind))
    state.group, state.kind, state.fence = [], "", ""
