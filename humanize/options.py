"""What a writer may ask of a rewrite. Pure value objects shared by text, rules, scoring and the pipeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Strategy = Literal["auto", "casual", "professional", "academic"]
Register = Literal["casual", "professional", "academic"]
TextFormat = Literal["auto", "text", "markdown", "html"]

LEVELS = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A writer's own words: ``prefer`` maps a phrase to its replacement, ``avoid`` lists phrases to
    take out where a rule can, ``never_touch`` lists phrases that stay as they are."""

    prefer: tuple[tuple[str, str], ...] = ()
    avoid: tuple[str, ...] = ()
    never_touch: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RewriteOptions:
    """``language`` is an ISO 639-1 code or ``auto``; ``protected`` holds phrases that must survive."""

    level: int = 3
    strategy: Strategy = "auto"
    language: str = "auto"
    format: TextFormat = "auto"
    protected: tuple[str, ...] = ()
    dictionary: Dictionary = field(default_factory=Dictionary)
