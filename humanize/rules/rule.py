"""A rule after its pack has been read and checked: immutable and ready to match."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from humanize.options import Register

Place = Literal["any", "start", "end", "inside"]


class PackError(ValueError):
    """A rule pack is invalid; the message names the file and the rule. Not raised once the packs have been loaded."""


class LazyPattern:
    """A case-insensitive regular expression that is compiled on first use.

    A pack has a thousand of them, and a text needs a few dozen. The pack loader has checked that their parts are valid.
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
    """An invented sentence before and after the rule. If both are equal, the rule must not change the sentence."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. It leaves the first `skip` matches unchanged, then fires up to `limit` times per text (0: no limit).

    Within the sentence, `before` and `after` must match the surrounding words, and `not_before` and `not_after` must
    not. `min_words` and `max_words` limit the length of the sentence (0: no limit). `confidence` is from 0 to 1.
    """

    id: str
    theme: str
    pattern: LazyPattern
    firsts: frozenset[str]
    verbs: tuple[tuple[str, ...], ...]
    replacements: tuple[str, ...]
    reason: str
    level: int
    strategies: frozenset[Register]
    confidence: float
    place: Place
    before: LazyPattern | None
    not_before: LazyPattern | None
    after: LazyPattern | None
    not_after: LazyPattern | None
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
