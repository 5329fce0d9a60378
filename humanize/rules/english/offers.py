"""Offers: correct changes that no rule makes by itself, but that the revision model may choose.

They are in packs like those of the rules, in `packs/<language>/offers`. Each offer is independent: capitals and
articles are corrected for it alone, offers may overlap, and levels do not apply.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from humanize.options import Register
from humanize.rules.context import build_context
from humanize.rules.finishing import finish
from humanize.rules.pack import PACKS, Language, load_folder
from humanize.rules.placement import fit
from humanize.rules.rule import Rule
from humanize.rules.scan import Scanner, build_index
from humanize.rules.terms import TermGuard
from humanize.text.edits import TextEdit
from humanize.text.segment import SegmentedText
from humanize.text.spans import Span


def offers(document: SegmentedText, protected: Sequence[Span], register: Register) -> tuple[TextEdit, ...]:
    """Return the offers for an English document in text order. The source of an edit is `model/<theme>/<id>`."""
    context = build_context(document, protected, register)
    scanner = Scanner(language(), _index(register), context)
    return tuple(_edits(scanner))


def _edits(scanner: Scanner) -> Iterator[TextEdit]:
    context = scanner.context
    terms = TermGuard(scanner.language.terms, context)
    for found in scanner.proposals():
        fitted = fit(context.text, context.sentences[found.sentence], found)
        if fitted is not None and context.guard.free(fitted.start, fitted.end) and terms.free(fitted):
            for edit in finish(context, ((fitted,),)):
                yield replace(edit, source=edit.source.replace("rules/", "model/", 1))


@lru_cache(maxsize=1)
def language() -> Language:
    return load_folder(PACKS / "en", "offers")


@lru_cache(maxsize=8)
def _index(register: str) -> dict[str, tuple[Rule, ...]]:
    return build_index(language(), register)
