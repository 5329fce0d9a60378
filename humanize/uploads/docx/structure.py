"""What was read of a Word file: stories of blocks, blocks of pieces, and where each piece stands in the file.

A *story* is the body, a footnote, an endnote or a text box. A *piece* is text of one look from one XML element, so that
a change of the text can be written back into exactly that element.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

PieceKind = Literal["text", "symbol", "break", "note", "equation", "glue"]
ParagraphKind = Literal["paragraph", "heading", "item", "quote", "code"]


@dataclass(frozen=True, slots=True)
class Source:
    """Characters `start` to `end` of the text of an element, in code points.

    `part` is the part's name in the archive ("word/document.xml"). `element` is the element's number in that part, in
    document order from 0 for the root, deleted ones included, as `package.numbered` counts them. An element that holds
    no text of its own, such as a tab or a symbol, stands for one character.
    """

    part: str
    element: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Look:
    """How a piece looks, beyond the look of its paragraph's style. `link` is an address, "#name" within the file."""

    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class TextPiece:
    """Text of one look. `source` is None for what the file implies but does not spell out, such as a fraction's bar.

    kinds: "text"; "symbol" (one character that an element names); "break" (the text is a line feed); "note" (the text
    is the key of a `Note`); "equation" (an empty one ends it); "glue" (added by the reader, without a source).
    """

    text: str
    source: Source | None
    look: Look = Look()
    kind: PieceKind = "text"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the accepted view. `place` is its element, the last one where deleted marks joined several.

    `level` counts headings from 1 and list items from 0; `number` is an ordered item's own, None for a bullet.
    """

    kind: ParagraphKind
    pieces: tuple[TextPiece, ...]
    place: Source
    level: int = 0
    number: int | None = None

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces if piece.kind != "note")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's blocks; `before` empty columns stand to its left, and it covers `span` columns itself."""

    blocks: tuple[Block, ...]
    span: int = 1
    before: int = 0


@dataclass(frozen=True, slots=True)
class WordTable:
    """Rows of cells, of any lengths; deleted rows and cells are left out."""

    rows: tuple[tuple[Cell, ...], ...]
    place: Source


Block = Paragraph | WordTable


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote or an endnote; `key` is "footnote:" or "endnote:" and its id."""

    key: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """What was met and not read: `what` in the singular, and how often."""

    what: str
    count: int


@dataclass(frozen=True, slots=True)
class WordDocument:
    """The accepted view of a whole file. Text boxes follow the paragraph that they are anchored in."""

    body: tuple[Block, ...]
    notes: tuple[Note, ...]
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class MappedStretch:
    """`text[start:end]` of the rendered Markdown reads as `source` does, character by character."""

    start: int
    end: int
    source: Source


@dataclass(frozen=True, slots=True)
class Rendered:
    """Markdown with the way back into the file.

    The stretches are sorted and apart. What lies between them is Markdown's own: markers, escapes, separators.
    """

    text: str
    stretches: tuple[MappedStretch, ...]

    def sources(self, start: int, end: int) -> Iterator[Source]:
        """Yield where the characters `text[start:end]` stand in the file, in order; markup yields nothing."""
        at = max(0, bisect_right(self.stretches, start, key=lambda stretch: stretch.start) - 1)
        for stretch in self.stretches[at:]:
            if stretch.start >= end:
                return
            left, right = max(start, stretch.start), min(end, stretch.end)
            if left < right:
                source, moved = stretch.source, stretch.source.start - stretch.start
                yield Source(source.part, source.element, left + moved, right + moved)
