"""One pass from text to the tokens every score counts.

Typography must not move a score: quotes, dashes, invisible characters, white space and Markdown marks are
levelled here, before anything is counted. Linear in the length of the text, whatever it holds.
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
"""A token and where it stands in the text, ``text[start:end]``, in code points."""


def level(text: str) -> str:
    """The text with one kind of quote and dash and without Markdown marks, link targets and invisible characters."""
    plain = _SPECIAL.sub(lambda match: _LEVEL[match.group()], text)
    return _LINE_MARK.sub("", _LINK_TARGET.sub(" ", plain))


def tokenise(text: str) -> list[str]:
    """Lower-case words, ``0`` for any number, and the punctuation that carries rhythm.

    A hyphen parts words; a word of more than 40 letters is cut into pieces of 40.
    """
    found: list[str] = _TOKEN.findall(level(text).lower())
    return [token if token.isalpha() else _canonical(token) for token in found]


def tokens_in_place(text: str) -> Iterator[PlacedToken]:
    """Yield tokens with where they stand in the text as given. Dashes without spaces are not seen as tokens here."""
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
    """Words and numbers, without the punctuation."""
    return [token for token in tokens if token not in _PUNCTUATION]


def count_words(text: str) -> int:
    """Stretches between blanks that are more than a dash, without levelling the text."""
    return len([piece for piece in text.split() if piece not in _BARE])
