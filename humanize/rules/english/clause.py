"""Finds the finite verb of a simple English clause, so that a second verb can agree with it.

It knows only common verbs and gives up in any doubtful case: negation, subordinate clauses, two possible verbs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from humanize.rules.forms import Verb, load_forms, verbs_of

Form = Literal["base", "third", "past", "participle"]

TABLE = Path(__file__).parent.parent / "packs" / "en" / "finite.tsv"
_WORD = re.compile(r"[A-Za-z][\w'’-]*")
_DOUBT = re.compile(
    r"\b(?:that|which|who|whom|whose|when|where|while|if|because|since|although|though|unless|until|than|whether|but|or"
    r"|so|what|how|why|not|never|no|nor|cannot|nothing|nobody|there|please|let|let's|only|as|like"
    r"|aims?|aimed|seeks?|sought|hopes?|hoped|plans? to|planned|wants?|wanted|intends?"
    r"|tries|tried|attempts?|attempted"
    r"|expects?|expected|prefers?|proposes? to|promises?)\b|n['’]t\b|['’](?:d|ve|ll|re|m)\b"
    r"|\b(?:it|he|she|that|there|what)['’]s\b|[;:—–“”\"()\[\]*_`<>{}?!/]",
    re.IGNORECASE,
)
_INTRO = re.compile(
    r"(?:(?:In|On|At|By|During|After|Before|For|With|From|Over|Under|Through|Like|Unlike|Despite|Across|Within|Beyond)"
    r"\b[^,]{1,60}|However|Today|Instead|Meanwhile|Later|Also|Similarly|Finally|Then|Here|Now|Additionally|Furthermore"
    r"|Moreover|Consequently|Therefore|Thus|Overall|Ultimately|Notably|Subsequently|Eventually|Unfortunately|Fortunately"
    r"|As a result|According to [^,]{1,40}|By [a-z]+ing\b[^,]{1,60}|To [a-z]+\b[^,]{1,60}), "
)
_BE: dict[str, Form] = {"is": "third", "are": "base", "am": "base", "was": "past", "were": "past"}
_HAVE: dict[str, Form] = {"has": "third", "have": "base", "had": "past"}
_MODALS = frozenset("can could will would may might must should shall".split())
_DETERMINERS = frozenset("the a an its his her their our my your this these those each every some any no both".split())
_PRONOUNS = frozenset("i we you he she it they this that these those".split())
_PLURAL_SUBJECTS = frozenset("they we you i people children men women others both many most these those".split())
_LINKS = frozenset(
    "and of in on at by with for from to into through during about under over across between among within".split()
)
_SUBJECT_WORDS = 9


@dataclass(frozen=True, slots=True)
class FiniteVerb:
    """The finite verb of a clause. `form` is the form that a second verb with the same subject must have.

    `subject` is the text before the verb group and `rest` the text after it. `passive` means that the subject is acted
    upon, `copula` a verb as in "is narrow", and `closing` that only one complement follows the verb group.
    """

    form: Form
    subject: str
    rest: str
    passive: bool = False
    copula: bool = False
    closing: bool = False


def finite_verb(clause: str) -> FiniteVerb | None:
    """Return the only finite verb of a clause without its final stop; None if it is uncertain."""
    intro = _INTRO.match(clause)
    main = clause[intro.end() :] if intro else clause
    if "," in main or _DOUBT.search(main):
        return None
    words = _WORD.findall(main)
    lower = [word if word == "May" else word.lower() for word in words]
    if len(lower) < 2 or "base" in _forms().get(lower[0], ()) or (lower[0] in _PRONOUNS and not _candidate(lower, 1)):
        return None
    found = [(at, form) for at in range(1, len(lower)) if (form := _candidate(lower, at))]
    if not found or found[0][0] > _SUBJECT_WORDS:
        return None
    at, form = found[0]
    group = _group(lower, at, form)
    if group is None:
        return None
    finite, end, passive, copula = group
    if any(place >= end for place, _ in found[1:]):
        return None
    if form == "past" and end < len(lower) and lower[end] in _LINKS and _may_hide_a_verb(lower[end + 1 :]):
        return None
    rest = lower[end:]
    return FiniteVerb(finite, " ".join(words[:at]), " ".join(rest), passive, copula, closing=not rest)


def _candidate(words: list[str], at: int) -> str:
    """Return the form that `words[at]` has as a finite verb; "" if it is not one."""
    word, before = words[at], words[at - 1]
    if word in _BE or word in _MODALS or word in {"has", "have", "had", "do", "does", "did"}:
        return word
    if before.endswith("ly") and at > 1:
        before = words[at - 2]
    if before in _DETERMINERS or before in _LINKS:
        return ""
    forms = _forms().get(word, frozenset())
    if "past" in forms or (word.endswith("ed") and len(word) > 4):
        return "past"
    if "third" in forms:
        return "third"
    plural = before in _PLURAL_SUBJECTS or (before.endswith("s") and not before.endswith(("ss", "us", "is")))
    return "base" if "base" in forms and plural else ""


def _may_hide_a_verb(words: list[str]) -> bool:
    """Return whether a later word may be the verb, as in "The principles discussed on the site apply"."""
    return any({"base", "third"} & _forms().get(word, frozenset()) for word in words)


def _group(words: list[str], at: int, form: str) -> tuple[Form, int, bool, bool] | None:
    """Return the form for a second verb, the end of the group, and whether it is passive or a copula; or None."""
    following = at + 1
    while following < len(words) and words[following].endswith("ly"):
        following += 1
    word = words[following] if following < len(words) else ""
    if form in _BE:
        if word.endswith("ing") or word in {"been", "being", ""}:
            return None
        if is_participle(word):
            return _BE[form], following + 1, True, False
        return _BE[form], _after_complement(words, following), False, True
    if form in _MODALS:
        plain = "base" in _forms().get(word, frozenset())
        return ("base", following + 1, False, False) if plain else None
    if form in _HAVE:
        return _having(form, word, following, at)
    if form in {"do", "does", "did"} or form not in {"past", "third", "base"}:
        return None
    if form == "past" and (following - 1 != at or word in {"by", "to", "as"}):
        return None
    return form, at + 1, False, False  # type: ignore[return-value]  # one of the three checked above


def _having(form: str, word: str, following: int, at: int) -> tuple[Form, int, bool, bool] | None:
    if word in {"been", "to", "had"}:
        return None
    if is_participle(word):
        return "participle", following + 1, False, False
    return _HAVE[form], at + 1, False, False


def _after_complement(words: list[str], at: int) -> int:
    """Return the end of a plain complement ("narrow", "narrow and steep"); other complements belong to the rest."""
    if words[at] in _DETERMINERS or words[at] in _LINKS:
        return at
    if at + 2 < len(words) and words[at + 1] == "and":
        return at + 3
    return at + 1


def is_participle(word: str) -> bool:
    """Return whether a lower-case word has the form of a participle, which is that of the past tense for most verbs."""
    return "participle" in _forms().get(word, frozenset()) or (word.endswith("ed") and len(word) > 4)


@lru_cache(maxsize=1)
def _forms() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for verb in verbs_of(TABLE):
        for form in ("base", "third", "past", "participle"):
            found.setdefault(verb.form(form), set()).add(form)
    return {word: frozenset(forms) for word, forms in found.items()}


def verb_forms(word: str) -> frozenset[str]:
    """Return which forms of common verbs a lower-case word may be: base, third, past, participle."""
    return _forms().get(word, frozenset())


def known_verb(lemma: str) -> Verb | None:
    return load_forms(TABLE).get(lemma)
