"""Reads rule packs (TOML, one file per theme and language) and refuses invalid ones, naming the file and the rule."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from humanize.options import LEVELS, Register
from humanize.rules.forms import Forms, load_forms
from humanize.rules.pattern import START, CompiledPattern, PatternParser
from humanize.rules.rule import LazyPattern, PackError, Place, Rule, RuleExample
from humanize.rules.terms import FILE as TERMS
from humanize.rules.terms import NO_TERMS, Terms, load_terms

PACKS = Path(__file__).parent / "packs"
REGISTERS: tuple[Register, ...] = ("casual", "professional", "academic")
PLACES: tuple[Place, ...] = ("any", "start", "end", "inside")
REQUIRES = ("", "follows")
SLOT = re.compile(r"\[([a-z-]+)(?::(\d))?\]|\{(\w+)\}")
DEFAULTS: dict[str, object] = {
    "strategies": list(REGISTERS), "confidence": 0.9, "place": "any", "before": "", "not_before": "", "after": "",
    "not_after": "", "skip": 0, "limit": 0, "min_words": 0, "max_words": 0, "headings": False, "requires": "",
    "echo": False, "evidence": "", "leave": [],
}  # fmt: skip
REQUIRED = ("id", "match", "replace", "reason", "level", "examples")


@dataclass(frozen=True, slots=True)
class Language:
    """The rules of a language with its verb forms and the terms that no rule changes."""

    rules: tuple[Rule, ...]
    forms: Forms
    terms: Terms


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that have packs, in order, as ``("en",)``."""
    return tuple(sorted(path.parent.name for path in PACKS.glob("*/forms.tsv")))


@lru_cache(maxsize=8)
def load_language(code: str) -> Language | None:
    """Return the packs of the language `code`, or None if there are none. Raises PackError."""
    folder = PACKS / code
    if not code.isalpha() or not (folder / "forms.tsv").is_file():
        return None
    return load_folder(folder)


def load_terms_of(code: str) -> Terms:
    """Return the terms of the language `code`; no terms where it has no packs. Raises PackError."""
    language = load_language(code)
    return language.terms if language else NO_TERMS


def load_folder(folder: Path, inside: str = "") -> Language:
    """Read the packs of `folder`, or of its subfolder `inside`. Word classes, verb forms and terms come from `folder`.

    Raises PackError for a rule that is invalid or appears twice.
    """
    forms = load_forms(folder / "forms.tsv")
    macros = _macros(folder / "classes.toml")
    rules = [rule for path in sorted((folder / inside).glob("*.toml")) if path.name not in {"classes.toml", TERMS}
             for rule in load_pack(path, forms, macros)]  # fmt: skip
    seen: set[str] = set()
    for rule in rules:
        if rule.source in seen:
            raise PackError(f"{folder.name}: rule {rule.source} appears twice")
        seen.add(rule.source)
    return Language(tuple(rules), forms, load_terms(folder, forms, macros))


def load_pack(path: Path, forms: Forms, macros: dict[str, str]) -> tuple[Rule, ...]:
    """Read the rules of one pack. Raises PackError naming the file and the invalid rule."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise PackError(f"{path.name}: {error}") from error
    unknown = set(content) - {"theme", "rule", "defaults"}
    if unknown or "theme" not in content:
        raise PackError(f"{path.name}: must have a theme and only theme, defaults and rule; unknown: {sorted(unknown)}")
    shared = content.get("defaults", {})
    rules = []
    for number, entry in enumerate(content.get("rule", []), start=1):
        label = f"{path.name}: rule {entry.get('id', f'number {number}')}"
        try:
            rules.append(_rule(content["theme"], {**DEFAULTS, **shared, **entry}, forms, macros))
        except (PackError, KeyError, TypeError, ValueError) as error:
            raise PackError(f"{label}: {error}") from error
    return tuple(rules)


def _macros(path: Path) -> dict[str, str]:
    return {str(k): str(v) for k, v in tomllib.loads(path.read_text(encoding="utf-8")).items()}


def _rule(theme: str, entry: dict[str, object], forms: Forms, macros: dict[str, str]) -> Rule:
    _check_keys(entry)
    match = PatternParser(_text(entry, "match"), forms, macros).compile()
    if not match.firsts:
        raise PackError("the pattern must begin with known words")
    replacements = _texts(entry, "replace")
    _check_slots(replacements, match, forms)
    return Rule(
        id=_text(entry, "id"), theme=theme, pattern=LazyPattern(match.regex), firsts=match.firsts,
        verbs=match.verbs, replacements=replacements, reason=_text(entry, "reason"), level=_level(entry),
        strategies=frozenset(_registers(entry)), confidence=_number(entry, "confidence"), place=_place(entry),
        before=_left(entry, "before", forms, macros), not_before=_left(entry, "not_before", forms, macros),
        after=_right(entry, "after", forms, macros), not_after=_right(entry, "not_after", forms, macros),
        skip=_whole(entry, "skip"), limit=_whole(entry, "limit"), min_words=_whole(entry, "min_words"),
        max_words=_whole(entry, "max_words"), headings=bool(entry["headings"]), requires=_requires(entry),
        echo=bool(entry["echo"]), evidence=_text(entry, "evidence"), examples=_examples(entry),
    )  # fmt: skip


def _check_keys(entry: dict[str, object]) -> None:
    unknown = set(entry) - set(DEFAULTS) - set(REQUIRED)
    missing = set(REQUIRED) - set(entry)
    if unknown:
        raise PackError(f"unknown keys {sorted(unknown)}; remove them")
    if missing:
        raise PackError(f"missing keys {sorted(missing)}; add them")


def _check_slots(replacements: tuple[str, ...], match: CompiledPattern, forms: Forms) -> None:
    for template in replacements:
        for lemma, slot, name in SLOT.findall(template):
            if name and name.lower() not in match.names:
                raise PackError(f"{{{name}}} is not captured by the pattern")
            if lemma and forms.get(lemma) is None:
                raise PackError(f"unknown inflection [{lemma}]; run python -m humanize.rules.authoring.verb_forms")
            if lemma and int(slot or 1) > len(match.verbs):
                raise PackError(f"[{lemma}] needs a verb slot <v:…> in the pattern to agree with")


def _left(entry: dict[str, object], key: str, forms: Forms, macros: dict[str, str]) -> LazyPattern | None:
    source = _text(entry, key)
    if not source:
        return None
    compiled = PatternParser(source, forms, macros).compile()
    return LazyPattern(rf"(?:{START}|\A)(?:{compiled.regex})\s*\Z")


def _right(entry: dict[str, object], key: str, forms: Forms, macros: dict[str, str]) -> LazyPattern | None:
    source = _text(entry, key)
    if not source:
        return None
    return LazyPattern(rf"\s*(?:{PatternParser(source, forms, macros).compile().regex})")


def _text(entry: dict[str, object], key: str) -> str:
    value = entry[key]
    if not isinstance(value, str):
        raise PackError(f"{key} must be text")
    return value


def _texts(entry: dict[str, object], key: str) -> tuple[str, ...]:
    value = entry[key]
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(item, str) for item in values):
        raise PackError(f"{key} must be text or a list of texts")
    return tuple(str(item) for item in values)


def _whole(entry: dict[str, object], key: str) -> int:
    value = entry[key]
    if not isinstance(value, int) or value < 0:
        raise PackError(f"{key} must be a whole number, 0 or more")
    return value


def _number(entry: dict[str, object], key: str) -> float:
    value = entry[key]
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        raise PackError(f"{key} must be a number from 0 to 1")
    return float(value)


def _level(entry: dict[str, object]) -> int:
    level = _whole(entry, "level")
    if level not in LEVELS:
        raise PackError("level must be a whole number from 1 to 5")
    return level


def _registers(entry: dict[str, object]) -> tuple[Register, ...]:
    chosen = _texts(entry, "strategies")
    unknown = set(chosen) - set(REGISTERS)
    if unknown:
        raise PackError(f"unknown strategies {sorted(unknown)}; use {', '.join(REGISTERS)}")
    return tuple(register for register in REGISTERS if register in chosen)


def _place(entry: dict[str, object]) -> Place:
    for place in PLACES:
        if place == entry["place"]:
            return place
    raise PackError(f"place must be one of {PLACES}")


def _requires(entry: dict[str, object]) -> str:
    value = _text(entry, "requires")
    if value not in REQUIRES:
        raise PackError(f"requires must be one of {REQUIRES}")
    return value


def _examples(entry: dict[str, object]) -> tuple[RuleExample, ...]:
    pairs = entry["examples"]
    leave = entry["leave"]
    if not isinstance(pairs, list) or not pairs or not isinstance(leave, list):
        raise PackError("examples must be a list of [before, after] pairs, and leave a list of texts")
    return tuple(RuleExample(str(a), str(b)) for a, b in pairs) + tuple(RuleExample(str(t), str(t)) for t in leave)
