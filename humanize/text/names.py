"""Finds names of people, places and products by capitalisation, without a model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from humanize.text.spans import Span

_CAPITAL = re.compile(r"(?<![\w'’])[A-ZÀ-ÖØ-Þ][\w]*(?:['’\-&.][\w]+)*")
_INNER = re.compile(r"\b(?:[a-z]{1,40}[A-Z]\w{0,60}|[A-Za-z]{1,40}\d[\w]{0,60}|\d{1,20}[A-Za-z]{1,40}\d?\w{0,60})\b")
_PARTICLES = frozenset("of the de la le van von der den di da del du al bin ibn & for".split())
_BACK = 40  # characters to look back for the mark before a word
_STARTERS = frozenset(
    """
    a an the this that these those it its he she they we you i his her their our your my one two three some any
    all each every both many most more few several other another such no not and but or nor so yet for if when
    while as since because although though unless until after before once where whereas wherever whenever
    whether who whom whose which what why how in on at by to from of with without within into onto upon over
    under between among through throughout during against about above across along around behind below beneath
    beside besides beyond despite except inside near off out outside past per regarding than toward towards up
    down via here there then now today tomorrow yesterday also even just only still already again always never
    often sometimes perhaps maybe however moreover furthermore additionally therefore thus hence meanwhile
    nevertheless nonetheless instead otherwise overall finally firstly secondly lastly first second third next
    last ultimately consequently accordingly similarly likewise conversely indeed notably importantly
    interestingly unfortunately fortunately is are was were be been do does did have has had can could will
    would shall should may might must let please yes people students researchers scientists studies research
    data children women men users teachers companies organizations experts critics technology education health
    water time life work companies businesses individuals learning using by
    """.split()
)
_NOT_NAMES = frozenset("I I'm I’m I've I’ve I'd I’d I'll I’ll A OK".split())


def names(text: str, sentences: Sequence[Span]) -> Iterator[Span]:
    """Yield runs of capitalised words inside sentences; at the start of a sentence only if something shows a name."""
    known = _capitalised_inside(text, sentences)
    for sentence in sentences:
        yield from _in_sentence(text, sentence, known)


def _capitalised_inside(text: str, sentences: Sequence[Span]) -> frozenset[str]:
    found = set[str]()
    for sentence in sentences:
        matches = list(_CAPITAL.finditer(text, sentence.start, sentence.end))
        if _shouted(matches, text, sentence):
            continue
        found.update(m.group() for m in matches if not _at_start(text, sentence, m.start()))
    return frozenset(found - _NOT_NAMES)


def _shouted(matches: Sequence[re.Match[str]], text: str, sentence: Span) -> bool:
    """Return whether the sentence is in Title Case or CAPITALS, which show nothing about names."""
    return len(matches) > 3 and len(matches) * 10 > 7 * len(text[sentence.start : sentence.end].split())


def _at_start(text: str, sentence: Span, at: int) -> bool:
    """Return whether a capital here is only style: at the start of the sentence or after a colon or opening mark."""
    before = text[max(sentence.start, at - _BACK) : at].rstrip(" \t\n\"'“‘«([*_#>")
    return not before or before[-1] in ":.!?—–"


def _in_sentence(text: str, sentence: Span, known: frozenset[str]) -> Iterator[Span]:
    run: list[re.Match[str]] = []
    for match in _CAPITAL.finditer(text, sentence.start, sentence.end):
        if run and not _joined(text[run[-1].end() : match.start()]):
            yield from _close(text, sentence, run, known)
            run = []
        run.append(match)
    yield from _close(text, sentence, run, known)
    for match in _INNER.finditer(text, sentence.start, sentence.end):
        yield Span(match.start(), match.end(), "name")


def _joined(gap: str) -> bool:
    between = gap.split()
    return (
        bool(gap)
        and gap.strip(" ") == " ".join(between)
        and len(between) <= 2
        and all(word in _PARTICLES for word in between)
    )


def _close(text: str, sentence: Span, run: list[re.Match[str]], known: frozenset[str]) -> Iterator[Span]:
    if run and _at_start(text, sentence, run[0].start()) and not _names_at_start(run, known):
        run = run[1:]
    run = [match for match in run if match.group() not in _NOT_NAMES]
    if run:
        yield Span(run[0].start(), run[-1].end(), "name")


def _names_at_start(run: list[re.Match[str]], known: frozenset[str]) -> bool:
    word = run[0].group()
    if word.lower() in _STARTERS or word in _NOT_NAMES:
        return False
    acronym = len(word) > 1 and word.upper() == word
    mixed = any(letter.isupper() for letter in word[1:])
    followed = len(run) > 1 and run[1].start() == run[0].end() + 1
    return word in known or acronym or mixed or followed
