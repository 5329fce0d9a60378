"""Backslashes for text that Markdown would read as markup, and only for that: `2*3*4`, `[x](y)`, a line's first `#`.

What Markdown leaves alone stays (`snake_case`, `5 * 3`, `[12]`, `~5`, addresses), so that writers see few of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

from humanize.text.patterns import URL

Position = Literal["block", "heading", "cell"]

_SPECIAL = re.compile(r"[*_~`\\\[\]<>&|#+\-=.)!]")
_RUN = re.compile(r"\*+|_+|~+")
_ALWAYS = re.compile(
    r"`|\\(?=[!-/:-@\[-`{-~\n]|$)|<(?=[A-Za-z/!?])|\[(?=\^)"
    r"|&(?=(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});)"
)
_LINE = re.compile(r"^[ \t]*+(?:(#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|~{3}|\+{3}\s*$)|\d{1,9}([.)])(?=\s|$))", re.M)
_WHOLE_LINE = re.compile(r"^[ \t]*+(=++|-++|(?:-[ \t]*+){3,}+|(?:_[ \t]*+){3,}+|(?:\*[ \t]*+){3,}+)[ \t]*+$", re.M)
_TABLE_RULE = re.compile(r"^[ \t]*+(?=[^|\n]*\|)([|:-][ \t:|-]*)$", re.M)
_CLOSING = re.compile(r"(?<=\s)#+\s*$")
_URL = re.compile(URL)
_DEEPEST_INDENT = 3  # of what begins a block


def escapes(text: str, position: Position) -> set[int]:
    """Return the offsets before which a backslash is due; `text` is a whole paragraph's, its lines by line feeds."""
    if not _SPECIAL.search(text):
        return set()
    found = {match.start() for match in _ALWAYS.finditer(text)}
    found.update(_brackets(text, line_starts=position == "block"))
    found.update(_emphasis(text))
    if position == "block":
        found.update(match.start(1) if match[1] else match.start(2) for match in _LINE.finditer(text))
        found.update(match.start(1) for pattern in (_WHOLE_LINE, _TABLE_RULE) for match in pattern.finditer(text))
    elif position == "cell":
        found.update(match.start() for match in re.finditer(r"\|", text))
    elif closing := _CLOSING.search(text):
        found.add(closing.start())
    return found - _in_addresses(text, found)


def _in_addresses(text: str, found: set[int]) -> set[int]:
    """An address is kept whole: `_` and `*` inside it are its own."""
    if "://" not in text and "www." not in text:
        return set()
    inside = {place for match in _URL.finditer(text) for place in range(match.start(), match.end())}
    return {place for place in found & inside if text[place] in "*_~"}


def _emphasis(text: str) -> Iterator[int]:
    """Runs that could open or close emphasis, by CommonMark's rules of what stands on either side."""
    for match in _RUN.finditer(text):
        left, right = flanks(text, match.start(), match.end())
        sign, size = match[0][0], match.end() - match.start()
        if sign == "*":
            due = left or right
        elif sign == "_":
            due = left and (not right or _is_sign(text[match.start() - 1 : match.start()]))
        else:
            due = right or (left and size > 1)
        if due:
            yield from range(match.start(), match.end())


def flanks(text: str, start: int, end: int) -> tuple[bool, bool]:
    """Tell whether the run `text[start:end]` is left-flanking and right-flanking, as CommonMark calls it."""
    before, after = text[start - 1 : start] if start else "", text[end : end + 1]
    return opens(before, after), opens(after, before)


def opens(outside: str, inside: str) -> bool:
    """Tell whether a run of signs between these two characters ("" for none) may open toward the second one."""
    if not inside or inside.isspace():
        return False
    return not _is_sign(inside) or not outside or outside.isspace() or _is_sign(outside)


def _is_sign(character: str) -> bool:
    return bool(character) and unicodedata.category(character)[0] in "PS"


def _brackets(text: str, *, line_starts: bool) -> Iterator[int]:
    """Pairs that a target follows: `[x](y)`, `[x][y]`, and `[x]:` where a line begins."""
    opened: list[tuple[int, bool]] = []
    line = 0
    for match in re.finditer(r"[\[\]\n]", text):
        at, following = match.start(), text[match.end() : match.end() + 1]
        if match[0] == "\n":
            line = at + 1
        elif match[0] == "[":
            opened.append((at, line_starts and at - line <= _DEEPEST_INDENT and not text[line:at].strip()))
        elif opened:
            start, begins = opened.pop()
            if following in {"(", "["} or (following == ":" and begins):
                yield from (start, at)
