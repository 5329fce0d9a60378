"""Blocks of HTML: the text between block-level tags, with the kind of the element around it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from humanize.text.spans import Span

# The repeats are bounded and not nested, so that hostile input cannot make matching slow.
TAG = re.compile(r"<!--[\s\S]*?(?:-->|\Z)|<![A-Za-z][^<>]{0,1000}>|</?[A-Za-z][^<>]{0,4000}>")
_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_RAW = frozenset(
    {"script", "style", "pre", "code", "textarea", "template", "svg", "math", "head", "title", "kbd", "samp"}
)
_INLINE = frozenset(
    """
    a abbr b bdi bdo br cite data del dfn em i img ins kbd label mark q s small span strong sub sup time u var
    wbr font code samp
    """.split()
)
_KINDS = {"li": "list_item", "dd": "list_item", "dt": "heading", "blockquote": "quote", "td": "table", "th": "table"}
_KINDS |= {"caption": "table", "figcaption": "heading", "button": "heading", "option": "heading"}
_KINDS |= {f"h{level}": "heading" for level in range(1, 7)}


def blocks(text: str) -> Iterator[Span]:
    """Yield the blocks in order, without overlaps. Tags between block-level elements belong to no block."""
    at, stack, start = 0, list[str](), 0
    while match := TAG.search(text, at):
        name = _name(match.group())
        at = match.end()
        if name in _INLINE and name not in _RAW:
            continue
        if name in _RAW and not match.group().startswith("</"):
            end = _end_of_raw(text, name, at)
            if name in {"code", "kbd", "samp"}:
                at = end  # inline code stays in its paragraph; protected spans cover it
                continue
            yield from _block(text, start, match.start(), stack)
            yield Span(match.start(), end, "code")
            at = start = end
            continue
        yield from _block(text, start, match.start(), stack)
        start = match.end()
        _step(stack, name, match.group())
    yield from _block(text, start, len(text), stack)


def _name(tag: str) -> str:
    match = _NAME.match(tag)
    return match.group(1).lower() if match else ""


def _end_of_raw(text: str, name: str, at: int) -> int:
    closing = re.compile(rf"</{re.escape(name)}\s*>", re.I).search(text, at)
    return closing.end() if closing else len(text)


def _step(stack: list[str], name: str, tag: str) -> None:
    if tag.startswith("</"):
        if name in stack[-50:]:
            while stack and stack.pop() != name:
                pass
    elif name and not tag.endswith("/>") and len(stack) < 1000:
        stack.append(name)


def _block(text: str, start: int, end: int, stack: list[str]) -> Iterator[Span]:
    piece = text[start:end]
    if piece.strip():
        left = start + len(piece) - len(piece.lstrip())
        kind = next((_KINDS[name] for name in reversed(stack[-50:]) if name in _KINDS), "paragraph")
        yield Span(left, left + len(piece.strip()), kind)
