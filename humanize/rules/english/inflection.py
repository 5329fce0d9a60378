"""Inflects a writer's pair of phrases together: "client → customer" also means "clients → customers".

Verbs inflect where both heads are verbs of the tables, nouns in all other cases. A pair whose inflected words cannot be
told apart from other words ("new", "news") stays as the writer wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from humanize.rules.forms import BE, Verb, verbs_of
from humanize.rules.pack import PACKS

TAGS = ("third", "past", "participle", "gerund")
_WORDS = re.compile(r"[a-z][a-z-]*(?: [a-z][a-z-]*){0,5}")
_FOLLOWS_NOUN = re.compile(r" (?=(?:of|in|for|to|with|at|on|from|about|by) )")
# Words without a plural, or whose plural is another word: "new" and "news", "good" and "goods".
_UNINFLECTED = frozenset(
    """new good mean custom right odd blue short brief mathematic physic economic politic thank wood water spectacle
    arm content manner mean green saving belonging outskirt premise quarter spirit term ground being
    the a an this that these those and or but if when while because although as than then so yet nor not no very quite
    really too also just only even still more most less least much many few some any all both each every other such
    i you he she it we they me him her us them my your his its our their who whom whose which what where why how
    of in for to with at on from about by into onto over under between among through during before after since until
    is are was were be been being has have had do does did can could will would shall should may might must
    big large small great old young high low long easy hard simple clear fast slow rich poor strong weak full empty
    main key major minor first last next own same different important significant robust crucial
    comprehensive""".split()
)
_PLURALS = dict(
    pair.split("/")
    for pair in """man/men woman/women child/children person/people foot/feet tooth/teeth mouse/mice goose/geese
    leaf/leaves life/lives half/halves shelf/shelves wolf/wolves knife/knives wife/wives self/selves thief/thieves
    loaf/loaves calf/calves analysis/analyses basis/bases crisis/crises thesis/theses hypothesis/hypotheses
    diagnosis/diagnoses emphasis/emphases synthesis/syntheses oasis/oases axis/axes criterion/criteria
    phenomenon/phenomena potato/potatoes tomato/tomatoes hero/heroes echo/echoes veto/vetoes ox/oxen
    stimulus/stimuli nucleus/nuclei alumnus/alumni datum/data medium/media bus/buses gas/gases quiz/quizzes""".split()
)
_UNCOUNTABLE = frozenset(
    """staff information equipment feedback advice software hardware furniture personnel research evidence data people
    luggage news money series species sheep fish aircraft knowledge progress work traffic homework music police cattle
    media men women children""".split()
)


@dataclass(frozen=True, slots=True)
class Inflected:
    """An inflected form of a phrase, with the phrase that replaces it by the form that the verb has there.

    `verb` is the verb of the phrase, None for nouns; the only form of a noun is its plural, under "". `noun_only` means
    that the word may also be a verb, which the pair does not replace.
    """

    before: str
    after: dict[str, str]
    verb: Verb | None = None
    noun_only: bool = False


def inflected(before: str, after: str) -> tuple[Inflected, ...]:
    """Return the further forms of a pair of phrases, the pair itself left out; nothing where it does not inflect."""
    if not _WORDS.fullmatch(before) or not _WORDS.fullmatch(after):
        return ()
    first, new = _verbs().get(before.split()[0]), _verbs().get(after.split()[0])
    if first is not None and new is not None and BE not in (first.lemma, new.lemma):
        return tuple(_verb_forms(first, before, new, after))
    plural, new_plural = _plural_phrase(before), _plural_phrase(after)
    if plural is None or (new_plural is None and not _may_stand_for_several(after)):
        return ()
    return (Inflected(plural, {"": new_plural or after}, noun_only=first is not None),)


def forms_of(phrase: str) -> tuple[str, ...]:
    """Return the phrase and its inflected forms, as "leverage", "leverages", "leveraged" and "leveraging"."""
    if not _WORDS.fullmatch(phrase):
        return (phrase,)
    verb = _verbs().get(phrase.split()[0])
    rest = phrase[len(phrase.split()[0]) :]
    verbs = [form + rest for form in verb.forms()] if verb is not None and verb.lemma != BE else []
    plural = _plural_phrase(phrase)
    return tuple(dict.fromkeys([phrase, *verbs, *([plural] if plural else [])]))


def _verb_forms(first: Verb, before: str, new: Verb, after: str) -> Iterator[Inflected]:
    rest, new_rest = before[len(first.lemma) :], after[len(new.lemma) :]
    by_surface: dict[str, dict[str, str]] = {}
    for tag in TAGS:
        by_surface.setdefault(first.form(tag), {})[tag] = new.form(tag) + new_rest
    yield from (
        Inflected(surface + rest, forms, first) for surface, forms in by_surface.items() if surface != first.lemma
    )


def _plural_phrase(phrase: str) -> str | None:
    """Return a noun phrase with its head in the plural: "points of view"; None where it has no plural of its own."""
    found = _FOLLOWS_NOUN.search(phrase)
    head, rest = (phrase[: found.start()], phrase[found.start() :]) if found else (phrase, "")
    words = head.split()
    plural = _plural(words[-1])
    return None if plural is None else " ".join([*words[:-1], plural]) + rest


def _may_stand_for_several(phrase: str) -> bool:
    """Return whether a phrase without a plural of its own can replace a plural: "staff", "people", "guests"."""
    return phrase.split()[-1] not in _UNINFLECTED and not phrase.endswith("ly")


def _plural(noun: str) -> str | None:
    if noun in _UNINFLECTED or noun in _UNCOUNTABLE or noun.endswith("ly"):
        return None
    if noun in _PLURALS:
        return _PLURALS[noun]
    if noun in _PLURALS.values() or (noun.endswith("s") and not noun.endswith(("ss", "us"))):
        return None  # a plural already
    if re.search(r"(?:s|x|z|ch|sh)$", noun):
        return noun + "es"
    if re.search(r"[^aeiou]y$", noun):
        return noun[:-1] + "ies"
    return noun + "s"


@lru_cache(maxsize=1)
def _verbs() -> dict[str, Verb]:
    tables = (PACKS / "en" / "forms.tsv", PACKS / "en" / "finite.tsv")
    return {verb.lemma: verb for table in tables for verb in verbs_of(table)}
