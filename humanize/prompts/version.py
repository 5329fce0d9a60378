"""The prompt templates, as data with a version. Number and digest identify a template, so that results compare."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template
from typing import Any

from humanize.options import LEVELS
from humanize.prompts.diagnosis import GENRES, TELLS

CURRENT = "2"
_FOLDER = Path(__file__).parent / "versions"
_RECAST_LEVELS = ("4", "5")
_TEXTS = ("system", "retry", "form")
_STRATEGIES = ("casual", "professional", "academic")


class PromptError(ValueError):
    """A template file lacks a part, or the version does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompts:
    """The templates for one form of answer: the system prompt and its parts, and the two further questions."""

    system: Template
    retry: str
    form: Template
    strategies: Mapping[str, str]
    levels: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphPrompts(Prompts):
    """The templates for a rewrite by paragraphs.

    `tells` maps the name of a tell to what a model is told of it, `genres` and `examples` that of a genre.
    """

    tells: Mapping[str, str]
    genres: Mapping[str, str]
    examples: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptVersion(Prompts):
    """The templates of one version, for a rewrite by sentences.

    `name` is the number and the first digits of the file's digest; `codes` maps a reason code to its sentence.
    `paragraphs` is None for a version that knows sentences only.
    """

    name: str
    codes: Mapping[str, str]
    paragraphs: ParagraphPrompts | None = None


@lru_cache(maxsize=8)
def load(number: str = CURRENT) -> PromptVersion:
    """Load a version of the templates. Raises PromptError naming what is missing."""
    path = _FOLDER / f"{number}.toml"
    if not number.isalnum() or not path.exists():
        raise PromptError(f"the prompt version {number!r} does not exist")
    return parse(path.read_text(encoding="utf-8"))


def parse(source: str) -> PromptVersion:
    """Read prompt templates from TOML. Raises PromptError naming what they lack."""
    data = tomllib.loads(source)
    _check(data, {"strategies": _STRATEGIES, "levels": tuple(map(str, LEVELS)), "codes": ()}, ("number", *_TEXTS))
    digest = hashlib.sha256(source.encode()).hexdigest()[:8]
    return PromptVersion(
        **_common(data),
        name=f"{data['number']}-{digest}",
        codes=data["codes"],
        paragraphs=_paragraphs(data["paragraphs"]) if "paragraphs" in data else None,
    )


def _paragraphs(data: Mapping[str, Any]) -> ParagraphPrompts:
    told: dict[str, Sequence[str]] = {"tells": tuple(TELLS), "genres": GENRES, "examples": ()}
    _check(data, {"strategies": _STRATEGIES, "levels": _RECAST_LEVELS, **told}, _TEXTS, " for paragraphs")
    return ParagraphPrompts(**_common(data), **{table: data[table] for table in told})


def _check(data: Mapping[str, Any], tables: Mapping[str, Sequence[str]], texts: Sequence[str], where: str = "") -> None:
    for table, keys in tables.items():
        lacking = [key for key in keys if key not in data.get(table, {})]
        if table not in data or lacking:
            raise PromptError(f"the template has no {table} {', '.join(lacking)}".rstrip() + where)
    if missing := [key for key in texts if not data.get(key)]:
        raise PromptError(f"the template has no {', '.join(missing)}{where}")


def _common(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "system": Template(data["system"].strip()),
        "retry": data["retry"].strip(),
        "form": Template(data["form"].strip()),
        "strategies": data["strategies"],
        "levels": data["levels"],
    }
