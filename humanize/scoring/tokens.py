"""One pass from text to the tokens every score counts.

Typography must not move a score: quotes, dashes, invisible characters, white space and Markdown marks are
levelled here, before anything is counted. Linear in the length of the text, whatever it holds.
"""

from __future__ import annotations

import re

_LEVEL: dict[int, str | None] = {ord(c): "'" for c in "‘’‚‛ʼ`´′＇"}
_LEVEL |= {ord(c): " - " for c in "–—―‒−"}
_LEVEL |= {ord(c): "-" for c in "‐‑"}
_LEVEL |= {ord(c): None for c in "​‌‍⁠\ufeff\u00ad"}
_LEVEL |= {ord("…"): "...", ord("`"): " "}
_LINE_MARK = re.compile(r"^[ \t]{0,12}(?:[-*+•>]|#{1,6}|[0-9]{1,3}[.)])[ \t]+", re.MULTILINE)
_LINK_TARGET = re.compile(r"\]\([^()\s]{0,400}\)|https?://\S+|<[a-zA-Z/!][^<>]{0,400}>")
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|[0-9]+(?:[.,][0-9]+)*|(?<=\s)--?(?=\s)|--+|[.!?]+|[,;:(]")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_NUMBER = "0"
_MAX_TOKEN = 40


def level(text: str) -> str:
    """The text with one kind of quote and dash and without Markdown marks, link targets and invisible characters."""
    return _LINE_MARK.sub("", _LINK_TARGET.sub(" ", text.translate(_LEVEL)))


def tokenise(text: str) -> list[str]:
    """Lower-case words (cut at 40 letters), ``0`` for any number, and the punctuation that carries rhythm."""
    return [_canonical(token) for token in _TOKEN.findall(level(text).lower())]


def _canonical(token: str) -> str:
    first = token[0]
    if first in ".!?":
        return first
    if first == "-":
        return "-"
    return _NUMBER if first.isdigit() else token[:_MAX_TOKEN]


def is_word(token: str) -> bool:
    return token[0].isalpha() or token == _NUMBER


def count_words(text: str, start: int, end: int) -> int:
    """Words and numbers in ``text[start:end]``, without levelling it."""
    return len(_WORD.findall(text, start, end))
