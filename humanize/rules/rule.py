"""What one rule is once its pack has been read and checked: compiled, frozen, ready to match."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from humanize.options import Register

Place = Literal["any", "start", "end", "inside"]


class PackError(ValueError):
    """A rule pack is wrong; the message names the file and the rule. Never raised while a text is being rewritten."""


class Lazy:
    """A regular expression compiled on first use: a pack holds a thousand, a text needs a few dozen.

    Case-insensitive; the pack loader has checked that the pieces are sound.
    """

    __slots__ = ("_compiled", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self._compiled: re.Pattern[str] | None = None

    def compiled(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self.source, re.IGNORECASE)
        return self._compiled

    def match(self, text: str, start: int, end: int) -> re.Match[str] | None:
        return self.compiled().match(text, start, end)

    def search(self, text: str) -> re.Match[str] | None:
        return self.compiled().search(text)


@dataclass(frozen=True, slots=True)
class RuleExample:
    """A sentence of our own and what the rule makes of it (``before == after``: it must leave it)."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``skip`` occurrences are left before it fires; ``limit`` (0: none) bounds it per text.

    ``before``/``after`` must, ``not_before``/``not_after`` must not match the words around, inside the sentence.
    """

    id: str
    theme: str
    pattern: Lazy
    firsts: frozenset[str]
    verbs: tuple[tuple[str, ...], ...]
    replacements: tuple[str, ...]
    reason: str
    level: int
    strategies: frozenset[Register]
    confidence: float
    place: Place
    before: Lazy | None
    not_before: Lazy | None
    after: Lazy | None
    not_after: Lazy | None
    skip: int
    limit: int
    min_words: int
    max_words: int
    headings: bool
    requires: str
    echo: bool
    evidence: str
    examples: tuple[RuleExample, ...]

    @property
    def source(self) -> str:
        return f"rules/{self.theme}/{self.id}"
