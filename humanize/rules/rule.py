"""What one rule is once its pack has been read and checked: compiled, frozen, ready to match."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from humanize.options import Register
from humanize.rules.lazy_regex import Lazy

Place = Literal["any", "start", "end", "inside"]


@dataclass(frozen=True, slots=True)
class Example:
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
    examples: tuple[Example, ...]

    @property
    def source(self) -> str:
        return f"rules/{self.theme}/{self.id}"
