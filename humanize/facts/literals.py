"""What must stay to the letter: quotations, code, links, addresses, citations, placeholders, protected phrases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from humanize.text.patterns import QUOTATION, RAW
from humanize.text.spans import Span

_LITERAL = frozenset({"code", "html", "link_target", "url", "email", "placeholder", "citation"})
_QUOTATION = re.compile(QUOTATION)
_WORDS = re.compile(r"[^\W_]+")
_LEAST_QUOTED = 3  # words; fewer are a term in quotation marks, which may lose them


def literals(text: str) -> Iterator[Span]:
    """Yield code, tags, addresses, links, placeholders and citations."""
    for kind, pattern in RAW:
        if kind in _LITERAL:
            for match in pattern.finditer(text):
                yield Span(match.start(), match.end(), kind)


def quotations(text: str) -> Iterator[Span]:
    """Yield what stands in quotation marks, with them."""
    for match in _QUOTATION.finditer(text):
        yield Span(match.start(), match.end(), "quotation")


def absent_literals(wanted: str, spans: Sequence[Span], text: str) -> Iterator[Span]:
    """Yield the spans of `wanted` whose text is nowhere in `text`."""
    cited: set[str] | None = None
    for span in spans:
        piece = wanted[span.start : span.end]
        if piece in text:
            continue
        if span.kind == "citation":
            cited = (
                cited
                if cited is not None
                else {_words(text[s.start : s.end]) for s in literals(text) if s.kind == "citation"}
            )
            if _words(piece) in cited:  # “(Klein, 2022)” and “Klein (2022)”
                continue
        yield span


def altered_quotations(wanted: str, spans: Sequence[Span], text: str) -> Iterator[Span]:
    """Yield the quotations of `wanted` whose words do not stand together in `text`, in quotation marks where long.

    A quotation may be divided or joined; punctuation and the kind of marks may change, words and their order not.
    """
    everything = _words(text)
    quoted = _words(" ".join(text[span.start : span.end] for span in quotations(text)))
    for span in spans:
        inside = _words(wanted[span.start : span.end])
        there = quoted if inside.count(" ") >= _LEAST_QUOTED else everything
        if inside.strip() and inside not in there and not _in_pieces(inside, text):
            yield span


def _words(text: str) -> str:
    """The words with single spaces around each, so that a search finds whole words."""
    return f" {' '.join(_WORDS.findall(text.lower()))} "


def _in_pieces(inside: str, text: str) -> bool:
    """Whether the quotation was divided: its words are those of neighbouring quotations, in order."""
    rest = inside
    for span in quotations(text):
        piece = _words(text[span.start : span.end])
        if piece.strip() and rest.startswith(piece):
            rest = rest[len(piece) - 1 :]
            if not rest.strip():
                return True
    return False
