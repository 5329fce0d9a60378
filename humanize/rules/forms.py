"""Verb forms for the packs, read from a small prepared table.

A table of a few hundred verbs loads in a millisecond; an inflection library takes half a second and makes mistakes.
`humanize/rules/authoring/verb_forms.py` writes the table; nothing here may import that library.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

BE = "be"
BE_FORMS = {"are": "base", "am": "base", "were": "past"}


@dataclass(frozen=True, slots=True)
class Verb:
    """The five written forms of a verb; `past` and `participle` are often equal."""

    lemma: str
    third: str
    past: str
    participle: str
    gerund: str

    def forms(self) -> tuple[str, ...]:
        extra = tuple(BE_FORMS) if self.lemma == BE else ()
        return tuple(dict.fromkeys((self.lemma, self.third, self.past, self.participle, self.gerund, *extra)))

    def tags(self, surface: str) -> frozenset[str]:
        """Return which of `base third past participle gerund` the written form can be."""
        if self.lemma == BE and surface.lower() in BE_FORMS:
            return frozenset({BE_FORMS[surface.lower()]})
        names = ("base", "third", "past", "participle", "gerund")
        forms = (self.lemma, self.third, self.past, self.participle, self.gerund)
        return frozenset(name for name, form in zip(names, forms, strict=True) if form == surface.lower())

    def form(self, tag: str) -> str:
        return {
            "base": self.lemma,
            "third": self.third,
            "past": self.past,
            "participle": self.participle,
            "gerund": self.gerund,
        }[tag]


class Forms:
    """All verbs of a language's table, by lemma."""

    def __init__(self, verbs: tuple[Verb, ...]) -> None:
        self._by_lemma = {verb.lemma: verb for verb in verbs}
        self._by_form = {(form, verb.lemma): verb for verb in verbs for form in verb.forms()}

    def get(self, lemma: str) -> Verb | None:
        return self._by_lemma.get(lemma)

    def of_form(self, surface: str, lemmas: tuple[str, ...]) -> Verb | None:
        for lemma in lemmas:
            verb = self._by_form.get((surface.lower(), lemma))
            if verb is not None:
                return verb
        return None


@lru_cache(maxsize=8)
def load_forms(path: Path) -> Forms:
    return Forms(verbs_of(path))


def verbs_of(path: Path) -> tuple[Verb, ...]:
    """Read the rows of the table, in order."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")
    return tuple(Verb(*row) for row in rows)
