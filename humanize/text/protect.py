"""Protected spans: what no edit may touch and every rewrite must keep, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from humanize.text.names import names
from humanize.text.patterns import HTML_OPEN, NEEDS, RAW
from humanize.text.segment import SegmentedText
from humanize.text.spans import Span

_MARK = re.compile(r"\[\[([^\[\]]{1,2000})\]\]")


def protected_spans(document: SegmentedText, phrases: Sequence[str] = ()) -> tuple[Span, ...]:
    """Sorted and apart; kinds: user code url email number date citation quotation link_target html placeholder name.

    ``phrases`` are the writer's own: each is protected wherever it stands as whole words, in any case.
    """
    return _apart(
        [
            *_phrases(document.text, phrases),
            *_closed(document.text),
            *_raw(document.text),
            *names(document.text, document.sentences),
        ]
    )


def strip_marks(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without its `[[…]]` delimiters, and the phrases that stood between them."""
    phrases = tuple(dict.fromkeys(_MARK.findall(text)))
    return _MARK.sub(r"\1", text), phrases


def _phrases(text: str, phrases: Sequence[str]) -> Iterator[Span]:
    chosen = sorted({phrase.strip() for phrase in phrases} - {""}, key=len, reverse=True)
    if chosen:
        pattern = "|".join(re.escape(phrase) for phrase in chosen)
        for match in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w)", text, re.I):
            yield Span(match.start(), match.end(), "user")


def _closed(text: str) -> Iterator[Span]:
    """Comments, and elements that hold no prose, whole. An end that is not there is looked for once."""
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
