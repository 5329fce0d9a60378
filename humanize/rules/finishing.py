"""Turns the chosen proposals into edits that fit together: spelling, neighbours, capitals and articles."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from humanize.rules.context import Context
from humanize.rules.pack import load_terms_of
from humanize.rules.proposal import Proposal
from humanize.rules.spelling import spell_like
from humanize.text.articles import article_for
from humanize.text.edits import TextEdit

ARTICLE_LEFT = re.compile(r"(?<![\w'’])(an?)(\s+)\Z", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_][\w'’-]*")
# A single letter ("x is the input", "k-means"; "a" and "e-mail" are words), or letters with digits or underscores.
SYMBOL = re.compile(r"[b-z](?:['’]s)?|[a-df-z]-[\w-]+|\w*[\d_][\w-]*")
CODE_AFTER = re.compile(r"[(=/\\]|\.\w|::|\s?(?:=|<=|>=|≤|≥|<|>|≈|∈|→)\s?[\w(]|\s--?\w")
VOWEL = re.compile(r"[aeiouy]")


def finish(context: Context, steps: Sequence[Sequence[Proposal]]) -> tuple[TextEdit, ...]:
    """Return the edits of the highest level. `steps` holds the proposals chosen for each level from 1 up."""
    mended: list[Proposal] = []
    for chosen in steps:
        mended = _cover(context.text, _mend(context, chosen), mended)
    return tuple(
        TextEdit(p.start, p.end, context.text[p.start : p.end], p.after, p.reason, p.source)
        for p in mended
        if context.text[p.start : p.end] != p.after
    )


def _mend(context: Context, chosen: Sequence[Proposal]) -> list[Proposal]:
    joined = _join([_as_spelt(context, p) for p in chosen])
    capitalised = [_with_capital(context, p) for p in joined]
    kept = _join([p for p in capitalised if p is not None])
    return _join([_with_article(context, kept, index) for index in range(len(kept))])


def _as_spelt(context: Context, found: Proposal) -> Proposal:
    """Spell a replacement as the text is spelt; the writer's own dictionary stays exact."""
    if found.source.startswith("rules/dictionary/"):
        return found
    after = spell_like(context.text, context.text[found.start : found.end], found.after, context.language)
    return found if after == found.after else replace(found, after=after)


def _join(chosen: Sequence[Proposal]) -> list[Proposal]:
    """Join adjacent edits, since each alone would leave a fault at their border."""
    out: list[Proposal] = []
    for found in chosen:
        last = out[-1] if out else None
        if last is not None and last.end == found.start and last.sentence == found.sentence:
            reason = last.reason if found.reason in last.reason else f"{last.reason} {found.reason}"
            out[-1] = replace(last, end=found.end, after=last.after + found.after, reason=reason)
        else:
            out.append(found)
    return out


def _with_capital(context: Context, found: Proposal) -> Proposal | None:
    """Capitalise the new first word of a sentence; return None if that word must not change."""
    text = context.text
    sentence = context.sentences[found.sentence]
    if re.search(r"\w", text[sentence.start : found.start]) or not text[found.start : found.start + 1].isupper():
        return found
    if found.end >= sentence.end and not found.after:
        return found  # the whole sentence goes
    if found.after.strip():
        return replace(found, after=found.after[:1].upper() + found.after[1:])
    word = WORD.match(text, found.end, sentence.end)
    if word is None:
        return None  # a sentence should not open with a figure, and other characters cannot be capitalised
    if not word.group()[0].islower():
        return found
    if not context.guard.free(word.start(), word.end()) or not word.group().islower() or _is_symbol(context, word):
        return None
    return replace(found, end=word.end(), after=found.after + word.group()[0].upper() + word.group()[1:])


def _is_symbol(context: Context, word: re.Match[str]) -> bool:
    """Return whether a lower-case word is a variable, a command or a name in code, which must keep its form."""
    name = word.group()
    if name in load_terms_of(context.language).lower_case or f"`{name}`" in context.text:
        return True
    if SYMBOL.fullmatch(name) or CODE_AFTER.match(context.text, word.end()):
        return True
    return name.isascii() and VOWEL.search(name) is None


def _with_article(context: Context, edits: Sequence[Proposal], index: int) -> Proposal:
    found = edits[index]
    if context.language != "en":
        return found
    text = context.text
    sentence = context.sentences[found.sentence]
    floor = max(sentence.start, edits[index - 1].end if index else 0)
    article = ARTICLE_LEFT.search(text[floor : found.start])
    word = WORD.match(_ahead(text, sentence.end, edits, index).lstrip("*_ "))
    if article is None or word is None or found.start == found.end == sentence.end:
        return found
    sound = article_for(word.group())
    if sound is None:
        return found
    wanted = article.group(1)[0] + sound[1:]
    wanted = wanted.upper() if article.group(1).isupper() and len(article.group(1)) > 1 else wanted
    if wanted == article.group(1) or not context.guard.free(floor + article.start(), found.start):
        return found
    return replace(found, start=floor + article.start(), after=wanted + article.group(2) + found.after)


def _ahead(text: str, stop: int, edits: Sequence[Proposal], index: int) -> str:
    """Return the words of the result from this edit on, as many as the choice of an article needs."""
    found = edits[index]
    out, at = found.after, found.end
    for other in edits[index + 1 :]:
        if len(out.strip()) > 24 or other.start > at + 40 or other.start >= stop:
            break
        out, at = out + text[at : other.start] + other.after, other.end
    return out + text[at : min(stop, at + 40)]


def _cover(text: str, edits: Sequence[Proposal], lower: Sequence[Proposal]) -> list[Proposal]:
    """Widen edits where those of the level below covered more, such as an article or a capital."""
    out = list(edits)
    starts = [found.start for found in edits]
    for old in lower:
        last = bisect_right(starts, old.end)
        first = last
        while first and out[first - 1].end >= old.start:
            first -= 1
        for index in range(first, last):
            _widen(text, out, index, old)
    return out


def _widen(text: str, out: list[Proposal], index: int, old: Proposal) -> None:
    """Make the edit at `index` cover `old`, unless it would then overlap a neighbour."""
    found = out[index]
    start, end = min(found.start, old.start), max(found.end, old.end)
    if (index and out[index - 1].end > start) or (index + 1 < len(out) and out[index + 1].start < end):
        return
    after = text[start : found.start] + found.after + text[found.end : end]
    out[index] = replace(found, start=start, end=end, after=after)
