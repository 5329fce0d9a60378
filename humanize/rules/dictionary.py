"""The writer's dictionary: inserts preferred words, protects untouchable ones, reports remaining avoided ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from humanize.options import Dictionary
from humanize.rules.context import Context
from humanize.rules.proposal import Proposal
from humanize.text.phrases import PhraseFinder, PhraseMatch
from humanize.text.spans import Span

_MOST_OF_ONE = 8  # preferences for one phrase that are tried


def untouchable_spans(text: str, dictionary: Dictionary) -> tuple[Span, ...]:
    return tuple(Span(found.start, found.end, "never_touch") for found in _finder(dictionary.never_touch).find(text))


def preferred_replacements(context: Context, dictionary: Dictionary) -> Iterator[Proposal]:
    """Propose the preferred phrases, with matching case but without inflection: writers list the forms they mean."""
    preferences = tuple(dict.fromkeys(dictionary.prefer))
    finder = _finder(tuple(phrase for phrase, _ in preferences))
    found = [
        (match.number, match, number)
        for number, sentence in enumerate(context.sentences)
        for match in finder.find(context.text, sentence.start, sentence.end)
    ]
    for phrase, match, number in sorted(found, key=lambda one: one[0]):
        wanted = [preferences[same][1] for same in finder.same(phrase)[:_MOST_OF_ONE]]
        if context.guard.free(match.start, match.end):
            yield from _replacements(context.text, match, wanted, number)


def avoided_phrase_warnings(result: str, dictionary: Dictionary) -> tuple[str, ...]:
    """Return a warning for each avoided phrase that the rules could not remove."""
    finder = _finder(dictionary.avoid)
    left = {same for number in {match.number for match in finder.find(result)} for same in finder.same(number)}
    return tuple(
        f"“{dictionary.avoid[number]}” is on your list of phrases to avoid, but no rule could remove it here."
        for number in sorted(left)
    )


@lru_cache(maxsize=16)  # a book is rewritten part by part, with the same dictionary
def _finder(phrases: tuple[str, ...]) -> PhraseFinder:
    return PhraseFinder(phrases, apart=True)


def _replacements(text: str, match: PhraseMatch, wanted: Sequence[str], sentence: int) -> Iterator[Proposal]:
    found = text[match.start : match.end]
    for one in wanted:
        after = _cased(found, one)
        if after != found:
            yield Proposal(
                match.start, match.end, after, sentence, 1, 1.0,
                f"Your dictionary prefers “{one}”.", "rules/dictionary/prefer",
            )  # fmt: skip


def _cased(found: str, wanted: str) -> str:
    if found.isupper() and len(found) > 1:
        return wanted.upper()
    return wanted[:1].upper() + wanted[1:] if found[:1].isupper() else wanted
