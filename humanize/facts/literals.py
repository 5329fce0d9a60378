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
    missing = [span for span in spans if wanted[span.start : span.end] not in text]
    if not missing:
        return
    cited = {_words(text[one.start : one.end]) for one in literals(text) if one.kind == "citation"}
    for span in missing:
        # “(Klein, 2022)” and “Klein (2022)” are one citation.
        if span.kind != "citation" or _words(wanted[span.start : span.end]) not in cited:
            yield span


def altered_quotations(wanted: str, spans: Sequence[Span], text: str) -> Iterator[Span]:
    """Yield the quotations of `wanted` whose words do not stand together in `text`, in quotation marks where long.

    A quotation may be divided or joined; punctuation and the kind of marks may change, words and their order not.
    """
    everything = _words(text)
    pieces = [_words(text[span.start : span.end]) for span in quotations(text)]
    quoted = _words(" ".join(pieces))
    for span in spans:
        inside = _words(wanted[span.start : span.end])
        there = quoted if inside.count(" ") >= _LEAST_QUOTED else everything
        if inside.strip() and inside not in there and not _in_pieces(inside, pieces):
            yield span


def _words(text: str) -> str:
    """The words with single spaces around each, so that a search finds whole words."""
    return f" {' '.join(_WORDS.findall(text.lower()))} "


def _in_pieces(inside: str, pieces: Sequence[str]) -> bool:
    """Whether the quotation was divided: its words are those of later and later quotations, in order."""
    rest = inside
    for piece in pieces:
        if piece.strip() and rest.startswith(piece):
            rest = rest[len(piece) - 1 :]
            if not rest.strip():
                return True
    return False
