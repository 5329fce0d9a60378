"""Cuts a long text into stretches at block borders, in one pass over the text and without segmenting it.

Requests, the command and the worker share this function, so that all three give the same result. It never cuts inside
code, front matter, a comment or preformatted HTML; a text without paragraphs is cut at lines, or else at sentences.
Pure: no Django.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from humanize.text.protect import marked_spans, phrase_spans
from humanize.text.spans import Guard

TARGET_WORDS = 2_000
_TAIL_WORDS = 250
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n.*?^(?:---|\.\.\.)[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_MARKS = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})"
    r"|(?P<open><(?:pre|script|style|textarea|table|svg|math)\b|<!--)"
    r"|(?P<close></(?:pre|script|style|textarea|table|svg|math)\s*>|-->)"
    r"|(?P<blank>\r?\n(?:[ \t]*+\r?\n)++)"
    r"|(?P<line>\r?\n(?=\S))"
    r"|(?P<block></(?:p|div|li|h[1-6]|section|article|ul|ol|blockquote)\s*>\s*)"
    r"|(?P<sentence>(?<=[.!?])[ \t]+(?=\S))",
    re.MULTILINE | re.IGNORECASE,
)
# The length from which each kind of border is used, as a multiple of the target: weaker borders are used later.
_PATIENCE = {"blank": 1, "block": 1, "line": 2, "sentence": 3}


@dataclass(frozen=True, slots=True)
class Stretch:
    """The range `text[start:end]`, in code points.

    `words` is the number of words between white space, or 0 if it was not counted. `number` is the position among the
    stretches of the text, from 0.
    """

    start: int
    end: int
    words: int = 0
    number: int = 0


def cut(text: str, format: str, *, target: int = TARGET_WORDS, protected: Sequence[str] = ()) -> tuple[Stretch, ...]:
    """Return consecutive stretches that cover the whole text; a short text is one stretch.

    `target` is in words. A short rest at the end joins the stretch before it. No `[[…]]` and none of the `protected`
    phrases is cut in two. Takes time linear in the text's length.
    """
    whole = len(text.split())
    if whole < target:
        return (Stretch(0, len(text), whole),)
    uncut = Guard([*marked_spans(text), *phrase_spans(text, protected, "user")])
    stretches: list[Stretch] = []
    start = at = words = 0
    for border, kind in _borders(text, format):
        words += len(text[at:border].split())
        at = border
        if words >= target * _PATIENCE[kind] and uncut.free(border - 1, border + 1):
            stretches.append(Stretch(start, border, words, len(stretches)))
            start, words = border, 0
    words += len(text[at:].split())
    if stretches and words < min(_TAIL_WORDS, target):
        last = stretches.pop()
        start, words = last.start, last.words + words
    if start < len(text) or not stretches:
        stretches.append(Stretch(start, len(text), words, len(stretches)))
    return tuple(stretches)


def _borders(text: str, format: str) -> Iterator[tuple[int, str]]:
    """Yield the positions where a cut splits no block that must stay whole, with the kind of border."""
    marked = format != "text"
    front = _FRONT_MATTER.match(text) if marked else None
    fence, depth = "", 0
    for mark in _MARKS.finditer(text, front.end() if front else 0):
        kind = str(mark.lastgroup)
        if kind == "fence":
            fence = _after_fence(fence, mark["fence"]) if marked else ""
        elif kind in {"open", "close"}:
            depth = max(0, depth + (1 if kind == "open" else -1)) if marked and not fence else depth
        elif not fence and not depth and (kind != "blank" or text[mark.end() : mark.end() + 1].strip()):
            yield mark.end(), kind  # a border is where the next line begins without white space


def _after_fence(present: str, found: str) -> str:
    """Return the fence that is open after this line; a fence is closed by its own character, at least as long."""
    if not present:
        return found
    return "" if found.startswith(present) else present
