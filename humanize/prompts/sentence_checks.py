"""Checks the form of a changed sentence, and its facts within its paragraph."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from humanize.facts.check import compare_paragraphs, ease_names
from humanize.facts.findings import Answer
from humanize.text.patterns import HANDLE
from humanize.text.segment import Block

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_HANDLE = re.compile(HANDLE)
_MARKUP = re.compile(r"[⟦⟧]|\*\*|__|[*`]|(?<![^\W_])_|_(?![^\W_])")
_ABOUT_ITSELF = re.compile(
    r"\b(?:as an ai|language model|system prompt|my instructions"
    r"|i (?:cannot|can't|can’t|won't|won’t) (?:help|assist|rewrite|comply))",
    re.I,
)


def objections(before: str, after: str) -> Iterator[str]:
    """Yield the objections to the form of `after` in place of `before`, in words for the model and for people."""
    yield from _length(before, after)
    yield from foreign_words(before, after)
    if Counter(_MARKUP.findall(before)) != Counter(_MARKUP.findall(after)):
        yield "the markup around words was changed"


def foreign_words(before: str, after: str) -> Iterator[str]:
    """Yield objections to what no editor would write: handles that are new, capitals, words about itself."""
    for match in _HANDLE.finditer(after):
        if match.group() not in before:
            yield f"the name “{match.group()[:40]}” was not in the sentence"
    shouted = sum(word.isupper() and len(word) > 1 for word in after.split())
    if not before.isupper() and shouted > 3 + before.count(" ") // 3:
        yield "it is written in capitals"
    if _ABOUT_ITSELF.search(after) and not _ABOUT_ITSELF.search(before):
        yield "it speaks about itself instead of editing"


def changed_facts(
    text: str, block: Block, start: int, end: int, after: str, *, language: str, phrases: Sequence[str] = ()
) -> Iterator[str]:
    """Yield what changed of the facts of closed kinds when `after` takes the place of `text[start:end]` in its block.

    A name that stands in the rest of the block may become a pronoun here, and so may one of the rest of the text, which
    is to be looked at.
    """
    alone = compare_paragraphs(text[start:end], after, language=language, protected=phrases, closed=True)
    if alone.answer == Answer.REFUSED:
        source = text[block.start : block.end]
        rewrite = f"{text[block.start : start]}{after}{text[end : block.end]}"
        within = compare_paragraphs(source, rewrite, language=language, protected=phrases, closed=True)
        within = ease_names(within, text, block.start, block.end)
        yield from (one.detail for one in within.findings if one.answer == Answer.REFUSED)


def _length(before: str, after: str) -> Iterator[str]:
    old, new = len(_WORD.findall(before)), len(_WORD.findall(after))
    if new > 1.25 * old + 4:
        yield f"it grew from {old} to {new} words"
    if new < 0.4 * old - 2:
        yield f"it shrank from {old} to {new} words"
