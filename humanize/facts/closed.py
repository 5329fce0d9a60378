"""The closed kinds: numbers, dates, names, quotations and literals, decided without doubt and without a model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from humanize.facts.dates import DATE_WORDS, dates
from humanize.facts.facts import Fact, unmatched
from humanize.facts.findings import Answer, Finding
from humanize.facts.literals import absent_literals, altered_quotations, literals, quotations
from humanize.facts.name_sets import Name, come, gone, names_in, without_respelled
from humanize.facts.numerals import NUMBER_WORDS, tokens
from humanize.facts.quantities import quantities
from humanize.facts.stems import FUNCTION
from humanize.facts.units import UNITS
from humanize.text.segment import segment
from humanize.text.spans import Guard, Span, SpanIndex


@dataclass(frozen=True, slots=True)
class ClosedFacts:
    """The facts of closed kinds in a stretch of text."""

    text: str
    figures: tuple[Fact, ...]
    names: tuple[Name, ...]
    quotations: tuple[Span, ...]
    literals: tuple[Span, ...]

    @property
    def is_speech(self) -> bool:
        """Whether nearly all of it is said by somebody, as a line of dialogue is."""
        return sum(span.end - span.start for span in self.quotations) >= _SPEECH_FROM * len(self.text.strip()) > 0


def closed_facts(text: str, protected: Sequence[Span] = (), *, names: bool = True) -> ClosedFacts:
    """Read the closed facts of a stretch; `protected` counts as literals.

    Without `names` none are read: where every noun has a capital, as in German, it tells nothing.
    """
    words = tokens(text)
    calendar, taken = dates(text, words)
    fixed = (*protected, *literals(text))
    figures = [*calendar, *quantities(words, taken)]
    inside = Guard(fixed)
    free = [fact for fact in figures if inside.free(fact.start, fact.start + 1)]
    return ClosedFacts(
        text,
        tuple(sorted(free, key=lambda fact: fact.start)),
        tuple(_names(text, figures)) if names else (),
        tuple(quotations(text)),
        fixed,
    )


def says_no_fact(words: str) -> bool:
    """Return whether nothing in these words can be a closed fact or a part of one: plain lower-case words and commas.

    A function word may have the capital of its sentence.
    """
    if not _PLAIN.fullmatch(words):
        return False
    return not any(
        word.lower() in _TELLING or (word[0].isupper() and word.lower() not in FUNCTION)
        for word in _WORD.findall(words)
    )


def _prose(text: str) -> list[Span]:
    """The sentences in which a capital means a name; in headings and tables it is style."""
    document = segment(text, "markdown")
    return [one for block in document.blocks if block.kind not in {"heading", "table"} for one in block.sentences]


def _names(text: str, figures: Sequence[Fact]) -> Iterator[Name]:
    """The names, less those inside a figure: a month is a name by its capital, and a date by its meaning."""
    index = SpanIndex([Span(fact.start, fact.end, fact.kind) for fact in figures])
    for name in names_in(text, _prose(text)):
        touched = index.touching(name.span.start, name.span.end)
        if not any(one.start <= name.span.start and name.span.end <= one.end for _, one in touched):
            yield name


def closed_findings(source: ClosedFacts, rewrite: ClosedFacts) -> Iterator[Finding]:
    """Yield a finding for each closed fact that went or came: refused, or to be looked at where it is none for sure."""
    missing, more = unmatched(source.figures, rewrite.figures), unmatched(rewrite.figures, source.figures)
    for fact in missing:
        yield _lost(source, fact.kind, (fact.start, fact.end), is_doubtful=_counts(fact, source) and not more)
    for fact in more:
        yield _new(rewrite, fact.kind, (fact.start, fact.end), is_doubtful=_counts(fact, rewrite) and not missing)
    left, new = without_respelled(list(gone(source.names, rewrite.text)), list(come(rewrite.names, source.text)))
    for name in left:
        yield _lost(source, "name", (name.span.start, name.span.end), is_doubtful=name.is_doubtful and not new)
    for name in new:
        yield _new(rewrite, "name", (name.span.start, name.span.end), is_doubtful=name.is_doubtful and not left)
    for find, before, after in (
        (absent_literals, source.literals, rewrite.literals),
        (altered_quotations, source.quotations, rewrite.quotations),
    ):
        yield from _to_the_letter(find, source, rewrite, before, after)


def _counts(fact: Fact, side: ClosedFacts) -> bool:
    return fact.is_small_count or fact.announces_list(side.text)


def _to_the_letter(
    find: Callable[[str, Sequence[Span], str], Iterator[Span]],
    source: ClosedFacts,
    rewrite: ClosedFacts,
    before: Sequence[Span],
    after: Sequence[Span],
) -> Iterator[Finding]:
    both_speak = source.is_speech and rewrite.is_speech
    for span in find(source.text, before, rewrite.text):
        yield _lost(source, span.kind, (span.start, span.end), is_doubtful=both_speak and span.kind == "quotation")
    for span in find(rewrite.text, after, source.text):
        yield _new(rewrite, span.kind, (span.start, span.end), is_doubtful=both_speak and span.kind == "quotation")


_PLAIN = re.compile(r"[A-Za-z ,’'\n-]*")
_WORD = re.compile(r"[A-Za-z]+")
_TELLING = frozenset(UNITS) | NUMBER_WORDS | DATE_WORDS
# One that only went or only came may merely count what the text lists, as in “two things matter: …”, or be a rare word
# with the capital of its sentence. A paragraph of dialogue is the author's own words, not somebody's that they quote.
_DOUBTFUL = {"number": "count", "name": "rare word", "quotation": "speech"}
_SPEECH_FROM = 0.9  # of the letters


def _lost(source: ClosedFacts, kind: str, place: tuple[int, int], *, is_doubtful: bool = False) -> Finding:
    detail = f"“{_short(source.text[slice(*place)])}” is not in the rewrite"
    return Finding(*_weighed(kind, detail, is_doubtful=is_doubtful), place, (0, 0))


def _new(rewrite: ClosedFacts, kind: str, place: tuple[int, int], *, is_doubtful: bool = False) -> Finding:
    detail = f"“{_short(rewrite.text[slice(*place)])}” is not in the original"
    return Finding(*_weighed(kind, detail, is_doubtful=is_doubtful), (0, 0), place)


def _weighed(kind: str, detail: str, *, is_doubtful: bool) -> tuple[str, str, Answer]:
    return (_DOUBTFUL[kind], detail, Answer.LOOK) if is_doubtful else (kind, detail, Answer.REFUSED)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
