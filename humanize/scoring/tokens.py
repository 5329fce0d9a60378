"""Splits a text into the tokens that all scores count, in one pass.

Typography must not affect a score, so quotes, dashes, invisible characters, white space and Markdown marks are
normalised before anything is counted. Takes time linear in the length of any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

_QUOTES, _DASHES, _HYPHENS = "‘’‚‛ʼ`´′＇", "–—―‒−", "‐‑"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_LEVEL = dict.fromkeys(_QUOTES, "'") | dict.fromkeys(_DASHES, " - ") | dict.fromkeys(_HYPHENS, "-")
_LEVEL |= dict.fromkeys(_INVISIBLE, "")
_IN_PLACE = dict.fromkeys(_QUOTES, "'") | dict.fromkeys(_DASHES + _HYPHENS, "-")
_SPECIAL = re.compile(f"[{''.join(_LEVEL)}]")
_LINE_MARK = re.compile(r"^[ \t]{0,12}(?:[-*+•>]|#{1,6}|[0-9]{1,3}[.)])[ \t]+", re.MULTILINE)
_LINK_TARGET = re.compile(r"\]\([^()\s]{0,400}\)|https?://\S+|<[a-zA-Z/!][^<>]{0,200}>")
_TOKEN = re.compile(r"[^\W\d_]{1,40}(?:'[^\W\d_]{1,8})?|[0-9]+(?:[.,][0-9]+)*|[,;:(]|[.!?…]+|(?<=\s)--?(?=\s)|--+")
_BARE = frozenset((*_DASHES, *_HYPHENS, "-", "--", "*", "•"))
_NUMBER = "0"
_PUNCTUATION = frozenset(".!?,;:(-")
PlacedToken: TypeAlias = tuple[str, int, int]
"""A token and its position in the text, `text[start:end]`, in code points."""


def level(text: str) -> str:
    """Return the text with uniform quotes and dashes, without Markdown marks, link targets and invisible characters."""
    plain = _SPECIAL.sub(lambda match: _LEVEL[match.group()], text)
    return _LINE_MARK.sub("", _LINK_TARGET.sub(" ", plain))


def tokenise(text: str) -> list[str]:
    """Return lower-case words, `0` for any number, and the punctuation that carries rhythm.

    A hyphen separates words; a word of more than 40 letters is cut into pieces of 40.
    """
    found: list[str] = _TOKEN.findall(level(text).lower())
    return [token if token.isalpha() else _canonical(token) for token in found]


def tokens_in_place(text: str) -> Iterator[PlacedToken]:
    """Yield tokens with their positions in the original text. Dashes without spaces are not tokens here."""
    for match in _TOKEN.finditer(_SPECIAL.sub(lambda match: _IN_PLACE.get(match.group(), match.group()), text)):
        token = match.group().lower()
        yield token if token.isalpha() else _canonical(token), match.start(), match.end()


def _canonical(token: str) -> str:
    first = token[0]
    if first in _PUNCTUATION:
        return first
    if first == "…":
        return "."
    return _NUMBER if first.isdigit() else token


def is_word(token: str) -> bool:
    return token not in _PUNCTUATION


def words_of(tokens: Sequence[str]) -> list[str]:
    """Return the words and numbers, without punctuation."""
    return [token for token in tokens if token not in _PUNCTUATION]


def count_words(text: str) -> int:
    """Count the words between blanks, ignoring lone dashes and bullets, without normalising the text."""
    return len([piece for piece in text.split() if piece not in _BARE])
