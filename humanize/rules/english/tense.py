"""Tells the tense of an English clause from its finite verbs, so that a clause added to it can agree.

It needs less than `clause.py`: not which word is the only verb, but that all words that can be one agree in time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from humanize.rules.english.clause import TABLE, Form
from humanize.rules.forms import Verb, verbs_of

Tense = Literal["present", "past", "perfect", "will", "would", "can", "could", "may", "might", "must"]

_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_PRESENT = frozenset("is are am isn't aren't does do doesn't don't it's he's she's that's they're we're you're".split())
_PAST = frozenset("was were wasn't weren't did didn't had hadn't".split())
_MODALS: dict[str, Tense] = {
    "can": "can",
    "cannot": "can",
    "can't": "can",
    "could": "could",
    "couldn't": "could",
    "will": "will",
    "won't": "will",
    "would": "would",
    "wouldn't": "would",
    "may": "may",
    "might": "might",
    "must": "must",
    "should": "must",
}
_HELPERS = frozenset(
    """is are am was were be been being has have had having get gets got getting isn't aren't wasn't weren't it's
    he's she's that's they're we're you're not never also often already always still just to""".split()
)
_NOUN_BEFORE = frozenset(
    """the a an its his her their our my your this that these those each every some any no all both of in on at by with
    for from to into through during about under over across between among within without as than and or not such
    more most many few several new other own two three four five six seven eight nine ten one""".split()
)
_PRONOUNS = frozenset("i we you he she it they who which that this these those people and".split())
# Words in -s that are more often nouns than verbs; they tell nothing where a noun may stand.
_NOUNS = frozenset(
    """uses works results studies changes offers costs needs means plans plays shows turns views visits votes tests
    issues reports records programs processes levels forces causes benefits effects impacts approaches experiences
    influences practices patterns shapes notes marks moves places points ranges rates risks roles rules runs sales
    scores sets shares shifts shops signs sites sources stages stands starts states stays steps stops stores strikes
    struggles supports talks tasks teams thoughts times trades trains trends trials trips types values walks ways
    weights winds words worries hopes houses homes hands heads faces eyes lives loves looks limits lines links lists
    loads matches measures answers attacks attempts attends balances bands bans bases beats bids blocks boosts breaks
    builds burns buys calls catches challenges charges checks claims clears climbs colors combines comforts comments
    commits compounds concerns concerts conflicts contacts contrasts controls covers crops crosses cuts damages deals
    debates decisions declines demands designs details differences displays doubts drinks drives drops dreams duties
    efforts ends escapes estimates exchanges exercises exits experiments exports extracts factors falls fears features
    feeds feels fields fights figures fills films finds fires fits flights flows focuses folds forms frames fuels
    functions gains games grants groups grows guides handles harvests heats helps hits holds imports increases
    interests interviews invites joins judges jumps keeps kicks kills labels lands laughs launches laws layers leads
    leaps leaves lends lets lifts lights loans locks losses mentions mirrors misses models names networks notices
    objects orders origins pages paints parks parts pieces plants pleasures pledges polls pools presses prices
    prints prizes profits progresses projects promises proposals protests pulls purchases pushes puts questions
    reaches reads records reforms regrets relates releases remains repairs replies requests rescues researches reserves
    respects rests returns reviews rewards rides rises roots rounds routes sacrifices samples saves scales schedules
    schemes schools screens searches seats sentences services shadows sights skills slides smiles sounds spans speeds
    spends spots springs stamps stars stems stocks storms streams stresses strings structures styles sums supplies
    surges surprises surveys swings systems tables tails targets tastes tears terms textures threats ties titles tools
    touches tours tracks traps traces treats troubles trusts trucks twists units updates upgrades vows wages waits
    warnings waters waves wishes wonders wraps""".split()
)
_NO_PASTS = frozenset("hundred sacred naked wicked rugged beloved ragged crooked wretched aged".split())
_POINTERS = frozenset("this that these those".split())
_SINGULAR = frozenset("it he she who which this that".split())
_PLURALS = frozenset("we they you i people these those".split())
_SUBJECTS = frozenset("he she i we they it you who which".split())
_LINKS = frozenset("by in on at for to with from as of".split())
_DOUBTFUL_PAST = frozenset("set put cut let hit shut cost hurt cast read spread split beat quit bet shed burst".split())


def tense_of(clause: str) -> Tense | None:
    """Return the tense that a clause about the whole of `clause` must have; None if its verbs disagree or none is sure.

    The text before its first comma may be an introduction.
    """
    found = list(_evidence(_words(clause)))
    if not found:
        return None
    times = {_TIME[tense] for tense, _ in found}
    if len(times) > 1:
        sure = [tense for tense, certain in found if certain]
        times = {_TIME[tense] for tense in sure}
        if len(times) != 1 or not found[0][1]:
            return None
        return _of(sure)
    return _of([tense for tense, _ in found])


_TIME: dict[Tense, str] = {
    "present": "present",
    "perfect": "present",
    "will": "future",
    "can": "present",
    "may": "present",
    "past": "past",
    "could": "past",
    "would": "past",
    "might": "present",
    "must": "must",
}


def _words(clause: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(clause)]


def _of(tenses: list[Tense]) -> Tense | None:
    """Return the first tense; no clause follows from what must be so."""
    return None if "must" in tenses else tenses[0]


def _evidence(words: list[str]) -> Iterator[tuple[Tense, bool]]:
    """Yield the tense that each word shows, and whether the word is certain to be a finite verb."""
    for at, word in enumerate(words):
        before = words[at - 1] if at else ""
        if word in _PRESENT:
            yield "present", True
        elif word in _PAST:
            yield "past", True
        elif word in _MODALS and before not in _NOUN_BEFORE - _PRONOUNS:
            yield _MODALS[word], True
        elif word in {"has", "have"} and before not in _MODALS and before not in {"to", "not"}:
            yield ("perfect" if _is_participle(words, at + 1) else "present"), True
        elif at:
            yield from _verb(words, at)


def _verb(words: list[str], at: int) -> Iterator[tuple[Tense, bool]]:
    word, before = words[at], words[at - 1]
    if before.endswith("ly") and at > 1:
        before = words[at - 2]
    may_follow = before in _PRONOUNS or before not in _NOUN_BEFORE
    if not may_follow or before in _MODALS or before in _HELPERS:
        return
    forms = verb_forms().get(word, frozenset())
    if "third" in forms:
        certain = word not in _NOUNS or before in _SINGULAR
        if certain or not before.endswith("s"):
            yield "present", certain
    elif "past" in forms and "participle" not in forms and "base" not in forms:
        yield "past", True
    elif before in _POINTERS:
        return
    elif ("past" in forms and word not in _DOUBTFUL_PAST) or _ends_as_past(word):
        certain = before in _SUBJECTS
        if certain or not (words[at + 1 : at + 2] and words[at + 1] in _LINKS and _may_hide(words[at + 2 :])):
            yield "past", certain
    elif "base" in forms and (before in _PLURALS or _is_plural(before)):
        yield "present", before in _PLURALS and word not in _DOUBTFUL_PAST


def _ends_as_past(word: str) -> bool:
    return word.endswith("ed") and len(word) > 4 and not word.endswith("eed") and word not in _NO_PASTS


def _is_plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith(("ss", "us", "is", "'s"))


def _may_hide(words: list[str]) -> bool:
    """Return whether a later word may be the verb, as in "The rules discussed on the site apply"."""
    pairs = pairwise(words)
    return any(
        {"base", "third"} & verb_forms().get(word, frozenset()) and left not in _NOUN_BEFORE for left, word in pairs
    )


def _is_participle(words: list[str], at: int) -> bool:
    while at < len(words) and (words[at].endswith("ly") or words[at] in {"not", "also", "already", "always", "never"}):
        at += 1
    word = words[at] if at < len(words) else ""
    return word == "been" or "participle" in verb_forms().get(word, frozenset()) or _ends_as_past(word)


@lru_cache(maxsize=1)
def verb_forms() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for verb in verbs_of(TABLE):
        for form in ("base", "third", "past", "participle"):
            found.setdefault(verb.form(form), set()).add(form)
    return {word: frozenset(forms) for word, forms in found.items()}


@lru_cache(maxsize=1)
def gerunds() -> dict[str, str]:
    """Return the lemma of each known gerund."""
    return {verb.gerund: verb.lemma for verb in verbs_of(TABLE)}


@lru_cache(maxsize=1)
def thirds() -> dict[str, str]:
    """Return the lemma of each known verb in the third person."""
    return {verb.third: verb.lemma for verb in verbs_of(TABLE)}


def has_finite_verb(clause: str) -> bool:
    """Return whether some word of a clause can be its finite verb."""
    return next(_evidence(_words(clause)), None) is not None


def opens_with_order(clause: str) -> bool:
    """Return whether a clause may be an order: "Cut the bread"."""
    return "base" in verb_forms().get(clause.split(" ", 1)[0].lower(), ())


def agreeing(verb: Verb, form: Tense | Form) -> str:
    """Return the verb in one of its forms, or with the helper that a clause with "which" has in a tense."""
    match form:
        case "past" | "third" | "base" | "participle":
            return verb.form(form)
        case "present":
            return verb.third
        case "perfect":
            return f"has {verb.participle}"
        case _:
            return f"{form} {verb.lemma}"
