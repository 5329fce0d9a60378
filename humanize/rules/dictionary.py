"""The writer's dictionary: inserts preferred words, protects untouchable ones, reports remaining avoided ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from humanize.options import Dictionary
from humanize.rules.context import Context
from humanize.rules.proposal import Proposal
from humanize.text.spans import Span


def untouchable_spans(text: str, dictionary: Dictionary) -> tuple[Span, ...]:
    return tuple(
        Span(match.start(), match.end(), "never_touch")
        for phrase in dictionary.never_touch
        for match in _phrase(phrase).finditer(text)
        if phrase.strip()
    )


def preferred_replacements(context: Context, dictionary: Dictionary) -> Iterator[Proposal]:
    """Propose the preferred phrases, with matching case but without inflection: writers list the forms they mean."""
    for phrase, wanted in dictionary.prefer:
        if phrase.strip():
            yield from _replacements(context, phrase, wanted)


def avoided_phrase_warnings(result: str, dictionary: Dictionary) -> tuple[str, ...]:
    """Return a warning for each avoided phrase that the rules could not remove."""
    return tuple(
        f"“{phrase}” is on your list of phrases to avoid, but no rule could remove it here."
        for phrase in dictionary.avoid
        if phrase.strip() and _phrase(phrase).search(result)
    )


def _replacements(context: Context, phrase: str, wanted: str) -> Iterator[Proposal]:
    pattern = _phrase(phrase)
    for number, sentence in enumerate(context.sentences):
        for match in pattern.finditer(context.text, sentence.start, sentence.end):
            after = _cased(match.group(), wanted)
            if after != match.group() and context.guard.free(match.start(), match.end()):
                yield Proposal(
                    match.start(), match.end(), after, number, 1, 1.0,
                    f"Your dictionary prefers “{wanted}”.", "rules/dictionary/prefer",
                )  # fmt: skip


def _phrase(phrase: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in phrase.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _cased(found: str, wanted: str) -> str:
    if found.isupper() and len(found) > 1:
        return wanted.upper()
    return wanted[:1].upper() + wanted[1:] if found[:1].isupper() else wanted
