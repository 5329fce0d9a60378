"""The prompt templates, as data with a version. Number and digest identify a template, so that results compare."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from string import Template

from humanize.options import LEVELS

CURRENT = "1"
_FOLDER = Path(__file__).parent / "versions"
_STRATEGIES = ("casual", "professional", "academic")


class PromptError(ValueError):
    """A template file lacks a part, or the version does not exist."""


@dataclass(frozen=True, slots=True)
class PromptVersion:
    """The templates of one version.

    `name` is the number and the first digits of the file's digest; `codes` maps a reason code to its sentence.
    """

    name: str
    system: Template
    retry: str
    form: Template
    strategies: Mapping[str, str]
    levels: Mapping[str, str]
    codes: Mapping[str, str]


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
    for table, keys in (("strategies", _STRATEGIES), ("levels", tuple(map(str, LEVELS))), ("codes", ())):
        lacking = [key for key in keys if key not in data.get(table, {})]
        if table not in data or lacking:
            raise PromptError(f"the template has no {table} {', '.join(lacking)}".rstrip())
    lacking = [key for key in ("number", "system", "retry", "form") if not data.get(key)]
    if lacking:
        raise PromptError(f"the template has no {', '.join(lacking)}")
    digest = hashlib.sha256(source.encode()).hexdigest()[:8]
    return PromptVersion(
        name=f"{data['number']}-{digest}",
        system=Template(data["system"].strip()),
        retry=data["retry"].strip(),
        form=Template(data["form"].strip()),
        strategies=data["strategies"],
        levels=data["levels"],
        codes=data["codes"],
    )
