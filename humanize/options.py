"""Options of a rewrite. Plain value objects that text, rules, scoring and the pipeline share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Strategy = Literal["auto", "casual", "professional", "academic"]
Register = Literal["casual", "professional", "academic"]
TextFormat = Literal["auto", "text", "markdown", "html"]

LEVELS = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A writer's own words.

    `prefer` pairs a phrase with its replacement, `avoid` lists phrases to remove where a rule can, and `never_touch`
    lists phrases that must stay unchanged. English phrases of the first two inflect, unless in quotation marks.
    """

    prefer: tuple[tuple[str, str], ...] = ()
    avoid: tuple[str, ...] = ()
    never_touch: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RewriteOptions:
    """How a text is to be rewritten.

    `level` is 1 (least change) to 5 (most), `language` an ISO 639-1 code or `auto`; `protected` holds phrases that must
    stay unchanged. `register_chosen` tells options that name the writer's register from options whose register was
    detected.
    """

    level: int = 3
    strategy: Strategy = "auto"
    language: str = "auto"
    format: TextFormat = "auto"
    protected: tuple[str, ...] = ()
    dictionary: Dictionary = field(default_factory=Dictionary)
    register_chosen: bool = False
