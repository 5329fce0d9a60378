"""Protected spans: what no edit may touch and every rewrite must keep, in order. The text itself stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from humanize.text.names import names
from humanize.text.patterns import HTML_OPEN, LATEX_OPEN, NEEDS, RAW
from humanize.text.phrases import PhraseFinder
from humanize.text.segment import SegmentedText
from humanize.text.spans import Guard, Span
from humanize.text.verse import speech_spans, verse_spans

MARK_LENGTH = 2_000
NO_GUARD = Guard(())
_BRACKET = re.compile(r"[\[\]]")
_LINES_OF_PROSE = frozenset({"paragraph", "list_item", "heading"})
_NOT_PROSE = frozenset({"code", "html", "front_matter"})
_ANCHOR = re.compile(r"<(/?)a(?![\w-])", re.I)


def protected_spans(document: SegmentedText, phrases: Sequence[str] = ()) -> tuple[Span, ...]:
    """Sorted and apart.

    Kinds: user code url email number date citation quotation verse link_target html placeholder name.

    ``phrases`` are the writer's own: each is protected wherever it stands as whole words, in any case and with any
    white space between its words. So is what stands in `[[…]]`, brackets included, save in code and in links.
    """
    closed = [*_closed(document.text), *_environments(document.text)]
    raw, parts = list(_raw(document.text)), _parts(document)
    return _apart(
        [
            *phrase_spans(document.text, phrases, "user"),
            *_marked(document, [*closed, *raw]),
            *closed,
            *raw,
            *verse_spans(document.text, parts),
            *speech_spans(document.text, parts),
            *names(document.text, document.sentences),
        ]
    )


def phrase_spans(text: str, phrases: Iterable[str], kind: str) -> Iterator[Span]:
    """Where each phrase stands as whole words, in any case, whatever white space is between its words."""
    for match in _finder(tuple(phrases)).find(text):
        yield Span(match.start, match.end, kind)


@lru_cache(maxsize=8)  # a book is protected part by part, with the same phrases
def _finder(phrases: tuple[str, ...]) -> PhraseFinder:
    return PhraseFinder(phrases)


def marked_spans(text: str, code: Guard = NO_GUARD) -> Iterator[Span]:
    """What stands in `[[…]]`, brackets included, where they pair outside `code`; up to 2,000 characters each."""
    if "[[" not in text:
        return
    inner: tuple[int, int] | None = None
    for start, end in _bracket_pairs(text, code):
        if inner == (start + 1, end - 1) and 4 < end - start <= MARK_LENGTH:
            yield Span(start, end, "user")
        inner = start, end


def _marked(document: SegmentedText, raw: Sequence[Span]) -> Iterator[Span]:
    """What the writer set in `[[…]]` in prose; in code and in links the brackets are those of the code or the link."""
    text = document.text
    if "[[" not in text:
        return
    blocks = (Span(block.start, block.end, block.kind) for block in document.blocks if block.kind in _NOT_PROSE)
    code = Guard([*blocks, *(span for span in raw if span.kind in {"code", "html", "link_target", "url"})])
    targets = {span.start for span in raw if span.kind == "link_target"}
    pairs = (Span(*pair, "link_text") for pair in _bracket_pairs(text, code) if pair[1] in targets)
    links = Guard([*pairs, *_anchors(text, raw)])
    yield from (span for span in marked_spans(text, code) if links.free(span.start, span.end))


def _bracket_pairs(text: str, code: Guard) -> Iterator[tuple[int, int]]:
    """The pairs of brackets outside code, the inner before the outer; what has no other half is only text."""
    opened: list[int] = []
    for bracket in _BRACKET.finditer(text):
        at = bracket.start()
        if not code.free(at, at + 1):
            continue
        if text[at] == "[":
            opened.append(at)
        elif opened:
            yield opened.pop(), at + 1


def _anchors(text: str, raw: Sequence[Span]) -> Iterator[Span]:
    """Each `<a …>…</a>`."""
    opened: int | None = None
    for tag in raw:
        name = _ANCHOR.match(text, tag.start) if tag.kind == "html" else None
        if name is None:
            continue
        if name.group(1) and opened is not None:
            yield Span(opened, tag.end, "link_text")
        opened = None if name.group(1) else tag.start


def _closed(text: str) -> Iterator[Span]:
    """Comments, and elements that hold no prose, whole. A missing end is searched for once."""
    at, missing = 0, set[str]()
    while opening := HTML_OPEN.search(text, at):
        at = opening.end()
        name = (opening.group(1) or "").lower()
        if name in missing:
            continue
        end = re.compile(rf"</{name}\s{{0,20}}>" if name else "-->", re.I).search(text, at)
        if end is None:
            missing.add(name)
            continue
        at = end.end()
        yield Span(opening.start(), at, "html")


_FORMULA = re.compile(r"\\[A-Za-z]|[=^_{}]")


def _environments(text: str) -> Iterator[Span]:
    """Yield LaTeX's formulas, listings and tables, whole. A missing end is searched for once."""
    at, missing = 0, set[str]()
    while opening := LATEX_OPEN.search(text, at):
        at, end = opening.end(), -1
        closing = f"\\end{{{opening.group(1)}}}" if opening.group(1) else "\\]"
        if closing not in missing:
            end = text.find(closing, at)
        if end < 0:
            missing.add(closing)
            continue
        at = end + len(closing)
        if opening.group(1) or _FORMULA.search(text, opening.end(), end):  # escaped brackets of Markdown hold prose
            yield Span(opening.start(), at, "code")


def _parts(document: SegmentedText) -> list[tuple[int, int]]:
    """Return where prose stands, with the marks that open its lines."""
    text = document.text
    return [
        (max(text.rfind("\n", 0, block.start), text.rfind("\r", 0, block.start)) + 1, block.end)
        for block in document.blocks
        if block.kind in _LINES_OF_PROSE
    ]


def _raw(text: str) -> Iterator[Span]:
    for kind, pattern in RAW:
        needed = NEEDS.get(pattern.pattern)
        if needed is None or any(character in text for character in needed):
            for match in pattern.finditer(text):
                yield Span(match.start(), match.end(), kind)


def _apart(found: Iterable[Span]) -> tuple[Span, ...]:
    """Overlapping spans become one, of the kind of the first and longest."""
    kept: list[Span] = []
    for span in sorted(found, key=lambda one: (one.start, -one.end)):
        if kept and span.start < kept[-1].end:
            last = kept[-1]
            if span.end > last.end:
                kept[-1] = Span(last.start, span.end, last.kind)
        else:
            kept.append(span)
    return tuple(kept)
