"""Finds many phrases in a text at once: each as whole words, in any case, with any white space between its words.

The phrases form a tree of tokens that the text is led through, so a thousand of them cost no more than the longest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_TOKEN = re.compile(r"\s++|\w++|[^\w\s]")
_SPACE = " "  # stands before a token that white space precedes


@dataclass(frozen=True, slots=True)
class PhraseMatch:
    """The phrase `phrases[number]` is `text[start:end]`."""

    number: int
    start: int
    end: int


@dataclass(slots=True)
class _Branch:
    following: dict[str, _Branch] = field(default_factory=dict)
    number: int = -1  # of the phrase that ends here


class PhraseFinder:
    """Finds phrases in texts. Of phrases that differ in case or white space alone, the first is found for all.

    With `apart`, no letter or digit may stand next to a match, not even where the phrase begins or ends with a sign.
    Phrases without a letter, a digit or a sign are left out.
    """

    def __init__(self, phrases: Sequence[str], *, apart: bool = False) -> None:
        self._apart = apart
        self._root = _Branch()
        self._same: dict[int, list[int]] = {}
        for number, phrase in enumerate(phrases):
            self._add(number, phrase)

    def _add(self, number: int, phrase: str) -> None:
        node = self._root
        for token, _, _ in _tokens(phrase, 0, len(phrase)):
            node = node.following.setdefault(token.lstrip(_SPACE) if node is self._root else token, _Branch())
        if node is self._root:
            return
        if node.number < 0:
            node.number = number
        self._same.setdefault(node.number, []).append(number)

    def same(self, number: int) -> Sequence[int]:
        """Return the numbers of all phrases that are found as this one, itself the first."""
        return self._same[number]

    def find(self, text: str, start: int = 0, end: int | None = None) -> Iterator[PhraseMatch]:
        """Yield the matches in `text[start:end]`, by where they begin; those of one phrase do not overlap."""
        if not self._root.following:
            return
        stop = len(text) if end is None else end
        tokens = list(_tokens(text, start, stop))
        behind: dict[int, int] = {}
        for at, (token, first, _) in enumerate(tokens):
            node = self._root.following.get(token.lstrip(_SPACE))
            here = at
            while node is not None:
                last = tokens[here][2]
                if node.number >= 0 and first >= behind.get(node.number, 0) and self._is_whole(text, first, last, stop):
                    behind[node.number] = last
                    yield PhraseMatch(node.number, first, last)
                here += 1
                node = node.following.get(tokens[here][0]) if here < len(tokens) else None

    def _is_whole(self, text: str, start: int, end: int, stop: int) -> bool:
        """Whether no word goes on at either side; inside the text it cannot, since tokens are whole words."""
        before, after = text[start - 1 : start] if start else "", text[end : end + 1] if end < stop else ""
        if self._apart:
            return not _is_word(before) and not _is_word(after)
        return not (_is_word(before) and _is_word(text[start])) and not (_is_word(after) and _is_word(text[end - 1]))


def _tokens(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield words and signs in one case, with their places; a space before a token stands for any white space."""
    space = ""
    for match in _TOKEN.finditer(text, start, end):
        token = match.group()
        if token.isspace():
            space = _SPACE
        else:
            yield space + fold(token), match.start(), match.end()
            space = ""


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def fold(text: str) -> str:
    """Return a text in one case, each character by itself, so that its length stays."""
    return text.lower() if text.isascii() else "".join(map(_fold_character, text))


def _fold_character(character: str) -> str:
    folded = character.casefold()
    if len(folded) != 1:
        folded = character.lower()
    return folded if len(folded) == 1 else character
