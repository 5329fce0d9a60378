"""The writer's dictionary: puts preferred phrases in, in every form, removes avoided ones, protects untouchable ones.

English phrases inflect: "client → customer" also turns "clients" into "customers", and "utilize → use" turns "utilized"
into "used". A phrase in double quotation marks means these words exactly. An avoided phrase goes where a rule of any
level or register replaces it, or where it is an adverb or an opener that can be left out; warnings name the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from humanize.options import Dictionary
from humanize.rules.context import Context, Sentence
from humanize.rules.english.inflection import Inflected, forms_of, inflected
from humanize.rules.placement import fit
from humanize.rules.proposal import Proposal
from humanize.rules.render import tag_in_context
from humanize.text.phrases import PhraseFinder, PhraseMatch, fold
from humanize.text.spans import Span

CERTAIN = 1.0
_MOST_OF_ONE = 8  # preferences for one phrase that are tried
_EXACT = re.compile(r'\s*["“”](?P<phrase>.+)["“”]\s*', re.DOTALL)
_LAST_WORD = re.compile(r"(?<![\w'’-])([\w'’-]{1,40})\W{0,8}\Z")
_BEFORE_NOUN = frozenset(
    """the a an this that these those some any all no its his her their our my your many few several two three four five
    most both such other of in for to with at on from about by between among""".split()
)
_VERBS_ONLY = re.compile(r"(?:i[sz]e|y[sz]e|ify|ate)\Z")
# Words that can be left out of a sentence without harm to its grammar, before an adjective, an adverb or a verb.
_ADVERBS = frozenset(
    """very really quite truly actually basically literally simply totally absolutely completely extremely incredibly
    definitely certainly clearly obviously honestly essentially fundamentally ultimately highly deeply particularly
    especially seamlessly effectively""".split()
)
# Openers that can be left out with the comma after them.
_OPENERS = frozenset(
    """moreover|furthermore|additionally|in addition|overall|in conclusion|in summary|ultimately|essentially|basically
    honestly|notably|importantly|interestingly|indeed|of course|clearly|obviously|needless to say|in fact|actually
    as such|at the end of the day|in essence|to be honest|at its core|all in all""".replace("\n    ", "|").split("|")
)


def untouchable_spans(text: str, dictionary: Dictionary) -> tuple[Span, ...]:
    return tuple(Span(found.start, found.end, "never_touch") for found in _finder(dictionary.never_touch).find(text))


def preferred_replacements(context: Context, dictionary: Dictionary) -> Iterator[Proposal]:
    """Propose the preferred phrases in the case and the form of what they replace."""
    if not dictionary.prefer:
        return
    entries = _entries(tuple(dict.fromkeys(dictionary.prefer)), context.language)
    finder = _finder(tuple(entry.before for entry in entries))
    found = [
        (match.number, match, number)
        for number, sentence in enumerate(context.sentences)
        for match in finder.find(context.text, sentence.start, sentence.end)
    ]
    for phrase, match, number in sorted(found, key=lambda one: one[0]):
        if context.guard.free(match.start, match.end):
            for same in finder.same(phrase)[:_MOST_OF_ONE]:
                yield from _replacement(context, match, entries[same], number)


def without_avoided(context: Context, dictionary: Dictionary, found: Sequence[Proposal]) -> list[Proposal]:
    """Return the proposals, those certain that remove an avoided phrase, with deletions of avoided adverbs and openers.

    `found` may hold proposals of rules for other registers; those that remove no avoided phrase are the caller's to
    leave out.
    """
    avoided = list(_avoided(context, dictionary))
    out = [_certain(p, avoided) for p in found]
    for phrase, match, number in avoided:
        cut = _cut(context, phrase, match, number)
        if cut is not None:
            out.append(cut)
    return out


def removes_avoided(found: Proposal) -> bool:
    """Return whether `without_avoided` made a proposal certain."""
    return found.confidence >= CERTAIN


def avoided_phrase_warnings(context: Context, result: str, dictionary: Dictionary) -> tuple[str, ...]:
    """Return a warning for each avoided phrase that remains, with the reason."""
    finder, names = _avoid_finder(dictionary.avoid, context.language)
    remaining = {names[same] for match in finder.find(result) for same in finder.same(match.number)}
    editable = {
        names[same]
        for sentence in context.sentences
        for match in finder.find(context.text, sentence.start, sentence.end)
        if context.guard.free(match.start, match.end)
        for same in finder.same(match.number)
    }
    return tuple(
        f"“{phrase}” is on your list of phrases to avoid, but it remains: "
        + ("no rule can replace it here. Add a preferred phrase for it." if phrase in editable else _NOT_EDITED)
        for phrase in sorted(remaining)
    )


_NOT_EDITED = "it stands in a quotation, a heading, a name or code, which are not edited."


def plain_phrase(phrase: str) -> str:
    """Return a phrase of a dictionary without the quotation marks that make it exact."""
    return _without_marks(phrase)[0]


@dataclass(frozen=True, slots=True)
class _Preference:
    """A form of a preferred phrase: what is found, what the writer wants for it, and how it inflects."""

    before: str
    wanted: str
    form: Inflected | None = None


@lru_cache(maxsize=16)  # a book is rewritten part by part, with the same dictionary
def _entries(preferences: tuple[tuple[str, str], ...], language: str) -> tuple[_Preference, ...]:
    given = [(_without_marks(before), _without_marks(after)) for before, after in preferences]
    listed = {fold(before) for (before, _), _ in given}
    entries = [_Preference(before, after) for (before, _), (after, _) in given]
    for (before, exact), (after, after_exact) in given:
        if language == "en" and not exact and not after_exact:
            forms = (form for form in inflected(before, after) if fold(form.before) not in listed)
            entries.extend(_Preference(form.before, after, form) for form in forms)
    return tuple(entries)


def _without_marks(phrase: str) -> tuple[str, bool]:
    """Return a phrase without its quotation marks, and whether it has them."""
    found = _EXACT.fullmatch(phrase)
    return (found["phrase"], True) if found else (phrase, False)


def _avoided(context: Context, dictionary: Dictionary) -> Iterator[tuple[str, PhraseMatch, int]]:
    finder, names = _avoid_finder(dictionary.avoid, context.language)
    for number, sentence in enumerate(context.sentences):
        for match in finder.find(context.text, sentence.start, sentence.end):
            yield names[match.number], match, number


@lru_cache(maxsize=16)
def _avoid_finder(phrases: tuple[str, ...], language: str) -> tuple[PhraseFinder, tuple[str, ...]]:
    """Return a finder of all forms of the phrases, and the phrase of each form."""
    pairs: list[tuple[str, str]] = []
    for phrase in phrases:
        plain, exact = _without_marks(phrase)
        forms = forms_of(plain) if language == "en" and not exact else (plain,)
        pairs.extend((form, plain) for form in forms)
    return PhraseFinder([form for form, _ in pairs], apart=True), tuple(plain for _, plain in pairs)


@lru_cache(maxsize=16)
def _finder(phrases: tuple[str, ...]) -> PhraseFinder:
    return PhraseFinder(phrases, apart=True)


def _replacement(context: Context, match: PhraseMatch, entry: _Preference, sentence: int) -> Iterator[Proposal]:
    wanted = _in_form(context, match, entry, context.sentences[sentence])
    if wanted is None:
        return
    end = match.end
    plural = entry.form is not None and entry.form.verb is None
    if plural and not wanted.endswith("s") and re.match(r"['’](?!\w)", context.text[end : end + 2]):
        wanted, end = wanted + context.text[end] + "s", end + 1  # "clients'" becomes "people's"
    found = context.text[match.start : end]
    after = _cased(found, wanted)
    if after != found:
        yield Proposal(
            match.start, end, after, sentence, 1, CERTAIN, f"Your dictionary prefers “{entry.wanted}”.",
            "rules/dictionary/prefer",
        )  # fmt: skip


def _in_form(context: Context, match: PhraseMatch, entry: _Preference, sentence: Sentence) -> str | None:
    """Return the wanted phrase in the form that fits here; None where the sentence does not tell which."""
    form = entry.form
    if form is None:
        return entry.wanted
    left = context.text[sentence.start : match.start]
    after_noun_word = (last := _LAST_WORD.search(left)) is not None and last.group(1).lower() in _BEFORE_NOUN
    if form.verb is None:
        return form.after[""] if after_noun_word or not form.noun_only else None
    if set(form.after) == {"third"} and after_noun_word and _VERBS_ONLY.search(entry.wanted.split()[0]):
        return None  # "the uses of" is a noun, and there is no noun "utilizes"
    if len(set(form.after.values())) == 1:
        return next(iter(form.after.values()))
    word = context.text[match.start : match.end].split()[0]
    return form.after.get(tag_in_context(form.verb, word, left, context.text[match.end : sentence.end]) or "")


def _certain(found: Proposal, avoided: Iterable[tuple[str, PhraseMatch, int]]) -> Proposal:
    """Make a proposal certain if it takes an avoided phrase away and puts no such phrase in."""
    for phrase, match, _ in avoided:
        if found.start < match.end and match.start < found.end and fold(phrase) not in fold(found.after):
            return replace(found, level=1, confidence=CERTAIN, reason=f"“{phrase}” is on your list. {found.reason}")
    return found


def _cut(context: Context, phrase: str, match: PhraseMatch, number: int) -> Proposal | None:
    """Return the deletion of an avoided adverb, or of an avoided opener with its comma; None for other phrases."""
    text, sentence = context.text, context.sentences[number]
    start, end = match.start, match.end
    word, left = fold(text[start:end]), text[sentence.start : start]
    if not left.strip() and word in _OPENERS and text.startswith(",", end):
        end += 1
    elif word not in _ADVERBS or not re.match(r" [a-z]", text[end : end + 2]) or _leans_on(left):
        return None
    reason = f"“{phrase}” is on your list of phrases to avoid."
    cut = Proposal(start, end, "", number, 1, CERTAIN, reason, "rules/dictionary/avoid")
    return fit(text, sentence, cut) if context.guard.free(start, end) else None


def _leans_on(left: str) -> bool:
    """Return whether the words before an adverb need it: "not really", "how very", "so very"."""
    return re.search(r"(?:\b(?:not|how|so|as|too|no|never|the|than|and|or)|n['’]t)\s+\Z", left) is not None


def _cased(found: str, wanted: str) -> str:
    if found.isupper() and len(found) > 1:
        return wanted.upper()
    return wanted[:1].upper() + wanted[1:] if found[:1].isupper() else wanted
