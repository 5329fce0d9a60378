"""Terms: words that stay as they are, because in their context they name a thing or hold a meaning of their own.

They stand as data in `packs/<language>/terms.toml` and hold for all rules at once, those in code included. A term may
depend on the words of its sentence (`near`) or of the whole text (`text`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from humanize.rules.context import Context
from humanize.rules.forms import Forms
from humanize.rules.pattern import END, START, PatternParser
from humanize.rules.proposal import Proposal
from humanize.rules.rule import LazyPattern, PackError
from humanize.text.phrases import fold

FILE = "terms.toml"
# A cut of this many characters takes a whole clause away; it does not swap the terms in it for other words.
LONG_CUT = 40
_TOKEN = re.compile(r"[^\W\d_]\w*(?:['’\-‐‑]\w+)*")
_KEYS = {"id", "match", "near", "text", "examples"}


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stay where `near` occurs in their sentence and `text` in the text; without these, everywhere.

    `examples` are invented sentences that no rule may change in these words.
    """

    id: str
    pattern: LazyPattern
    firsts: frozenset[str]
    near: LazyPattern | None
    text: LazyPattern | None
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a language by first word, and lower-case names that keep their form at the start of a sentence."""

    all: tuple[Term, ...]
    by_first_word: dict[str, tuple[Term, ...]]
    lower_case: frozenset[str]


NO_TERMS = Terms((), {}, frozenset())


def load_terms(folder: Path, forms: Forms, macros: dict[str, str]) -> Terms:
    """Read the terms of a language's folder; none where it has no file. Raises PackError naming the invalid term."""
    path = folder / FILE
    if not path.is_file():
        return NO_TERMS
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    terms = tuple(_term(entry, forms, macros) for entry in content.get("term", ()))
    index: dict[str, list[Term]] = {}
    for term in terms:
        for word in term.firsts:
            index.setdefault(word, []).append(term)
    names = frozenset(str(name) for line in content.get("lower_case", ()) for name in str(line).split())
    return Terms(terms, {word: tuple(found) for word, found in index.items()}, names)


def _term(entry: dict[str, object], forms: Forms, macros: dict[str, str]) -> Term:
    label = f"{FILE}: term {entry.get('id', '?')}"
    if set(entry) - _KEYS or not {"id", "match", "examples"} <= set(entry):
        raise PackError(f"{label}: needs id, match and examples, and may have near and text; nothing else")
    try:
        match = PatternParser(str(entry["match"]), forms, macros).compile()
        near, text = (_search(entry, key, forms, macros) for key in ("near", "text"))
    except PackError as error:
        raise PackError(f"{label}: {error}") from error
    if not match.firsts:
        raise PackError(f"{label}: the pattern must begin with known words")
    examples = entry["examples"]
    if not isinstance(examples, list) or not examples:
        raise PackError(f"{label}: examples must be a list of sentences")
    return Term(str(entry["id"]), LazyPattern(match.regex), match.firsts, near, text, tuple(map(str, examples)))


def _search(entry: dict[str, object], key: str, forms: Forms, macros: dict[str, str]) -> LazyPattern | None:
    if key not in entry:
        return None
    return LazyPattern(f"{START}(?:{PatternParser(str(entry[key]), forms, macros).compile().regex}){END}")


@dataclass(slots=True)
class TermGuard:
    """Tells which proposals leave the terms of a text alone. Looks only at sentences that a proposal would change."""

    terms: Terms
    context: Context
    _spans: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    _in_text: dict[str, bool] = field(default_factory=dict)

    def without_terms(self, proposals: Iterable[Proposal]) -> Iterator[Proposal]:
        """Yield the proposals that change no term, in order."""
        return (found for found in proposals if self.free(found))

    def free(self, found: Proposal) -> bool:
        """Return whether a proposal changes no term; a cut of a whole clause may take terms along."""
        if not found.after.strip(" ,;.") and found.end - found.start >= LONG_CUT:
            return True
        after = fold(found.after)
        text = self.context.text
        return all(
            found.end <= start or end <= found.start or fold(text[start:end]) in after
            for start, end in self._spans_in(found.sentence)
        )

    def _spans_in(self, number: int) -> tuple[tuple[int, int], ...]:
        if number not in self._spans:
            self._spans[number] = tuple(self._find(number))
        return self._spans[number]

    def _find(self, number: int) -> Iterator[tuple[int, int]]:
        text, sentence = self.context.text, self.context.sentences[number]
        for token in _TOKEN.finditer(text, sentence.start, sentence.end):
            word = token.group().lower().replace("’", "'").replace("‑", "-")
            for term in self.terms.by_first_word.get(word, ()):
                match = term.pattern.match(text, token.start(), sentence.end)
                if match is not None and self._applies(term, text[sentence.start : sentence.end]):
                    yield match.span()

    def _applies(self, term: Term, sentence: str) -> bool:
        if term.near is not None and not term.near.search(sentence):
            return False
        if term.text is None:
            return True
        if term.id not in self._in_text:
            self._in_text[term.id] = term.text.search(self.context.text) is not None
        return self._in_text[term.id]
