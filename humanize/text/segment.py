"""Divides a text into blocks, sentences and words, each with offsets into the source in code points.

Nothing is copied or normalised: joining the pieces of a document gives its text exactly.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from humanize.options import TextFormat
from humanize.text import html, markdown, plain
from humanize.text.sentences import sentences
from humanize.text.spans import Span

BlockKind = Literal["paragraph", "heading", "list_item", "table", "code", "quote", "front_matter", "html", "blank"]
_EDITABLE = frozenset({"paragraph", "list_item"})
_PROSE = frozenset({"paragraph", "list_item", "heading", "quote"})
_WORD = re.compile(r"[^\W_]+(?:['’\-‐‑.](?=[^\W_])[^\W_]+)*")
_SAMPLE = 20_000
BYTE_ORDER_MARK = "\ufeff"
_HTML_SIGNS = re.compile(
    r"</(?:p|div|li|ul|ol|h[1-6]|body|html|section|article|table|blockquote)\s*>|<(?:!doctype html|p>|br\s*/?>)", re.I
)
_MARKDOWN_SIGNS = re.compile(
    r"(?:^|(?<=\r)) {0,3}(?:#{1,6} \S|```|~~~|> \S|[-*+] \S|\d{1,3}\. \S|\|.*\|)|\]\([^)\s]{1,300}\)"
    r"|\*\*[^*\n]{1,200}\*\*|(?<!`)`[^`\n]{1,100}`(?!`)|^\[\^",
    re.M,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A block `text[start:end]`. Only prose has sentences; only `editable` blocks may be rewritten."""

    kind: BlockKind
    start: int
    end: int
    sentences: tuple[Span, ...] = ()

    @property
    def editable(self) -> bool:
        return self.kind in _EDITABLE


@dataclass(frozen=True, slots=True)
class SegmentedText:
    """A segmented text. `format` is never "auto". The blocks are in order and do not overlap."""

    text: str
    format: TextFormat
    blocks: tuple[Block, ...]
    sentences: tuple[Span, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Collect the sentences of all prose, in order, once: those who ask for them ask in loops."""
        found = tuple(sentence for block in self.blocks for sentence in block.sentences)
        object.__setattr__(self, "sentences", found)

    @property
    def pieces(self) -> tuple[str, ...]:
        """Return the blocks and the text between them, in order; joined they give the text."""
        return tuple(self._pieces())

    def _pieces(self) -> Iterator[str]:
        at = 0
        for block in self.blocks:
            yield self.text[at : block.start]
            yield self.text[block.start : block.end]
            at = block.end
        yield self.text[at:]


def segment(text: str, format: TextFormat = "auto") -> SegmentedText:
    """Divide a text into blocks and sentences; "auto" guesses the format. Linear in the length; never raises."""
    resolved = guess_format(text) if format == "auto" else format
    blocks = (Block(span.kind, span.start, span.end, _sentences(text, span)) for span in block_spans(text, resolved))  # type: ignore[arg-type]  # the three modules yield these literals
    return SegmentedText(text, resolved, tuple(blocks))


def block_spans(text: str, format: TextFormat = "auto") -> tuple[Span, ...]:
    """Return the blocks of a text alone, which is faster than dividing it into sentences as well. Never raises."""
    resolved = guess_format(text) if format == "auto" else format
    # A byte-order mark stands before the first block: a heading behind it is a heading.
    first = int(text.startswith(BYTE_ORDER_MARK))
    found = {"markdown": markdown, "html": html}.get(resolved, plain).blocks(text[first:])
    return tuple(Span(span.start + first, span.end + first, span.kind) for span in found) if first else tuple(found)


def guess_format(text: str) -> TextFormat:
    """Guess the format from the first 20,000 characters: HTML by two of its tags, Markdown by one of its marks."""
    sample = text[:_SAMPLE].removeprefix(BYTE_ORDER_MARK)
    if len(_HTML_SIGNS.findall(sample)) >= 2:
        return "html"
    return "markdown" if _MARKDOWN_SIGNS.search(sample) else "text"


def words(text: str, start: int = 0, end: int | None = None) -> tuple[Span, ...]:
    """Return the words of `text[start:end]`: letters and digits, with apostrophes, hyphens and dots inside."""
    stop = len(text) if end is None else end
    return tuple(Span(match.start(), match.end(), "word") for match in _WORD.finditer(text, start, stop))


def _sentences(text: str, span: Span) -> tuple[Span, ...]:
    return sentences(text, span.start, span.end) if span.kind in _PROSE else ()
