"""Mechanical faults that every editor would correct. Few false alarms matter more than finding every fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from humanize.text.articles import article_for

_DOUBLED = re.compile(r"(?<![\w'’-])([^\W\d_]+)([ \t]+|[ \t]*\r?\n[ \t]*)(\1)(?![\w'’-])", re.I)
_MAY_DOUBLE = frozenset(
    "that had is her so very no more many ha blah bye long far really much well now there we you".split()
)
_ARTICLE = re.compile(r"(?<![\w'’.&-])(an?)[ \t\n]+(?=([\"'“‘(*_\[`]*\w[^\n]{0,40}))", re.I)
_SPACING = (
    (re.compile(r"(?<=[^\W_])[ \t]+[,;](?=\s|$)"), "a space before a comma"),
    (re.compile(r"(?<=[a-z])[ \t]+[.!?](?=\s|$)(?![ \t]+\.)"), "a space before a stop"),
    (re.compile(r"(?<=[^\s|])[ \t]{2,}(?=[^\s|])"), "two spaces in a row"),
    (re.compile(r"(?<=[a-z]{2})[.!?](?=[A-Z][a-z])"), "no space after a stop"),
    (re.compile(r"(?<=[a-z]),(?=[a-z])"), "no space after a comma"),
    (re.compile(r"[,;:][ \t]*[,;.](?!\.)|(?<!\.)\.[ \t]*,(?!\d)|(?<!\.)\.\.(?!\.)"), "two marks in a row"),
    (re.compile(r"\([ \t]|(?<=[\w.])[ \t]+\)"), "a space inside brackets"),
    (re.compile(r"(?:^|(?<=\n))[ \t]*[,;](?=\s)"), "a line that starts with a comma"),
)
_CASE = re.compile(r"(?<=[a-z]{3})[.!?][\"”’)]?[ \t]+([\"“‘(]?[a-z]{2,}+)(?![\w.]*[.@/])")
_NO_END = re.compile(
    r"(?:\b(?:etc|vs|al|approx|dept|est|inc|ltd|corp|fig|eq|cf|viz|ibid|min|max|avg|incl)\.|"
    r"\.\.\.|…|[!?][\"”’)]?)[ \t]*$",
    re.I,
)
_PAIRS = (("(", ")"), ("[", "]"), ("{", "}"), ("“", "”"), ("«", "»"))
_ABBREVIATED = re.compile(r"\b(?:[Ee]tc|[Aa]l|[Ii]nc|[Ll]td|[Cc]o|[Jj]r|[Ss]r)\.,")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault at `text[start:end]`. `kind` is doubled_word, article, spacing, case, brackets or quotes."""

    start: int
    end: int
    kind: str
    detail: str


def faults(text: str) -> tuple[Fault, ...]:
    """Return the faults of a text, ordered by kind and then position. Deterministic, in time linear in its length."""
    return (*_doubled(text), *_articles(text), *_spacing(text), *_case(text), *_unbalanced(text))


def _doubled(text: str) -> Iterator[Fault]:
    for match in _DOUBLED.finditer(text):
        first, second = match.group(1), match.group(3)
        names = second[0].isupper()
        if not names and first.lower() not in _MAY_DOUBLE:
            yield Fault(match.start(), match.end(), "doubled_word", f"“{first} {second}”")


def _articles(text: str) -> Iterator[Fault]:
    for match in _ARTICLE.finditer(text):
        found, wanted = match.group(1), article_for(match.group(2))
        if found == "A" and not _opens_sentence(text, match.start()):
            continue
        if wanted and found.lower() != wanted and found != "AN":
            word = match.group(2).split()[0]
            yield Fault(match.start(), match.end(1), "article", f"“{found} {word}” should be “{wanted} {word}”")


def _opens_sentence(text: str, at: int) -> bool:
    """Return whether a sentence starts here; elsewhere a capital A is a letter or a grade, not an article."""
    before = text[max(0, at - 3) : at].rstrip(" \t\"'“‘(*_")
    return not before or before[-1] in ".!?:\n\r"


def _spacing(text: str) -> Iterator[Fault]:
    for pattern, detail in _SPACING:
        for match in pattern.finditer(text):
            if not _ABBREVIATED.match(text, max(0, match.start() - 3)) and not _abbreviated(text, match.start()):
                yield Fault(match.start(), match.end(), "spacing", detail)


def _abbreviated(text: str, at: int) -> bool:
    """Return whether the stop belongs to an abbreviation, as in "etc.," and "Inc.,"."""
    return text[at : at + 2] == ".," and bool(
        re.search(r"\b(?:\w\.\w|etc|al|Inc|Ltd|Co|Corp|Jr|Sr|[A-Z])$", text[max(0, at - 8) : at])
    )


def _case(text: str) -> Iterator[Fault]:
    for match in _CASE.finditer(text):
        head = text[max(0, match.start() - 10) : match.start() + 1]
        if not _NO_END.search(head):
            yield Fault(
                match.start(1), match.end(1), "case", f"“{match.group(1)}” starts a sentence with a lower-case letter"
            )


def _unbalanced(text: str) -> Iterator[Fault]:
    for left, right in _PAIRS:
        if left in text or right in text:
            more = text.count(left) - text.count(right)
            kind = "quotes" if left in "“«" else "brackets"
            yield from (Fault(0, 0, kind, f"unpaired {left} or {right}") for _ in range(abs(more)))
    if text.count('"') % 2:
        yield Fault(0, 0, "quotes", 'an odd number of "')
