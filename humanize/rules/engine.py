"""The built-in rewriting engine: it turns a document and options into edits. Deterministic; reads its packs once.

It never changes protected spans, blocks that are not editable, or the writer's untouchable phrases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from humanize.genre import GenreGuess, may_replace, note_on
from humanize.genre.genres import UNKNOWN
from humanize.options import Register, RewriteOptions
from humanize.rules.characters import stray_characters
from humanize.rules.context import Context, build_context
from humanize.rules.dictionary import (
    avoided_phrase_warnings,
    preferred_replacements,
    removes_avoided,
    untouchable_spans,
    without_avoided,
)
from humanize.rules.english.moves import MOVES
from humanize.rules.finishing import finish
from humanize.rules.pack import REGISTERS, Language, load_language
from humanize.rules.placement import fit
from humanize.rules.proposal import Proposal
from humanize.rules.register import detect_register
from humanize.rules.rule import Rule
from humanize.rules.scan import Scanner, build_index
from humanize.rules.selection import choose
from humanize.rules.terms import TermGuard
from humanize.text.edits import TextEdit, apply
from humanize.text.segment import SegmentedText
from humanize.text.spans import Span


@dataclass(frozen=True, slots=True)
class RuleResult:
    """The edits with their warnings. `register` is the requested strategy or, for "auto", the text's own register.

    `guess` is the genre, which has kept edits away where it limits them; `warnings` then has a sentence on it.
    """

    edits: tuple[TextEdit, ...]
    register: Register
    warnings: tuple[str, ...]
    guess: GenreGuess = UNKNOWN


def rewrite(document: SegmentedText, protected: Sequence[Span], options: RewriteOptions) -> RuleResult:
    """Rewrite a document. The same document, spans, options and version of the rules give the same result.

    The language "auto" means English here.
    """
    code = "en" if options.language == "auto" else options.language.lower().split("-")[0]
    register = options.strategy if options.strategy != "auto" else detect_register(document, code)
    language = load_language(code)
    if language is None:
        return RuleResult((), register, (f"there are no rules for {code} yet; the text was left unchanged",))
    spans = (*protected, *untouchable_spans(document.text, options.dictionary))
    context = build_context(document, spans, register, code, converts=options.register_chosen)
    steps = choose(_proposals(language, code, context, options), options.level, len(context.sentences))
    edits = finish(context, steps)
    note = note_on(context.guess)
    warnings: tuple[str, ...] = (note,) if note else ()
    if options.dictionary.avoid:
        warnings += avoided_phrase_warnings(context, apply(document.text, edits), options.dictionary)
    return RuleResult(edits, register, warnings, context.guess)


def _proposals(language: Language, code: str, context: Context, options: RewriteOptions) -> list[Proposal]:
    """Return what the rules would change. Terms bind the rules, but not what the writer's dictionary asks for."""
    found = _of_packs(language, code, context, context.register)
    if code == "en":
        for move in MOVES:
            found.extend(move(context))
    found = list(TermGuard(language.terms, context).without_terms(found))
    if options.dictionary.avoid:
        others = [p for name in REGISTERS if name != context.register for p in _of_packs(language, code, context, name)]
        found = without_avoided(context, options.dictionary, found)
        found += [p for p in without_avoided(context, options.dictionary, others) if removes_avoided(p)]
    found += stray_characters(context)
    allowed = [one for one in found if may_replace(context.guess, context.text[one.start : one.end], one.after)]
    return [*preferred_replacements(context, options.dictionary), *allowed]  # writers know their own words best


def _of_packs(language: Language, code: str, context: Context, register: Register) -> list[Proposal]:
    scanner = Scanner(language, _index(code, register), context)
    fitted = (fit(context.text, context.sentences[p.sentence], p) for p in scanner.proposals())
    return [p for p in fitted if p is not None and context.guard.free(p.start, p.end)]


@lru_cache(maxsize=16)
def _index(code: str, register: Register) -> dict[str, tuple[Rule, ...]]:
    language = load_language(code)
    return build_index(language, register) if language else {}
