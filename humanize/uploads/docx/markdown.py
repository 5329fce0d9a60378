"""A Word document as the Markdown that `humanize.text` reads, with the way back from each character into the file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from humanize.uploads.docx.inline import Setting, Writer, code_text, fence, write_line
from humanize.uploads.docx.structure import Block, Cell, Look, Paragraph, Rendered, TextPiece, WordDocument, WordTable

_HARD_BREAK = "  \n"
_NOTE_INDENT = "    "


def render(document: WordDocument) -> Rendered:
    """Render a document: its body, then the notes that it refers to, numbered as they come."""
    return _Renderer(document).rendered()


class _Renderer:
    def __init__(self, document: WordDocument) -> None:
        self._document = document
        self._notes = {note.key: note.blocks for note in document.notes}
        self._numbers: dict[str, int] = {}
        self._order: list[str] = []
        self._out = Writer()
        self._indents: list[tuple[int, int]] = []  # of the list that is open: level, columns of its text

    def rendered(self) -> Rendered:
        self._blocks(self._document.body, indent="")
        for key in self._order:  # a note may refer to others, which grows the list
            self._out.write("\n\n" if self._out.length else "")
            self._out.write(f"[^{self._numbers[key]}]: ")
            self._blocks(self._notes[key], _NOTE_INDENT)
        self._out.write("\n" if self._out.length else "")
        return self._out.rendered()

    def _note(self, key: str) -> str:
        if key not in self._notes:
            return ""
        if key not in self._numbers:
            self._order.append(key)
            self._numbers[key] = len(self._order)
        return f"[^{self._numbers[key]}]"

    def _blocks(self, blocks: Sequence[Block], indent: str) -> None:
        """Write blocks where a line has begun; the lines after it are indented."""
        self._indents = []
        before: Block | None = None
        for _, group in groupby(_without_frames(blocks), key=_fenced):
            run = list(group)
            for block in [_joined_code(run)] if _fenced(run[0]) else run:
                self._out.write("" if before is None else _between(before, block) + indent)
                self._block(block, indent)
                before = block

    def _block(self, block: Block, indent: str) -> None:
        if isinstance(block, WordTable):
            self._indents = []
            self._table(block, indent)
            return
        if block.kind != "item":
            self._indents = []
        match block.kind:
            case "heading":
                self._out.write("#" * block.level + " ")
                write_line(self._out, _without_bold(block.pieces), Setting("heading", " ", self._note))
            case "item":
                self._item(block, indent)
            case "quote":
                self._out.write("> ")
                write_line(self._out, block.pieces, Setting("block", f"{_HARD_BREAK}{indent}> ", self._note))
            case "code":
                self._code(block, indent)
            case "paragraph":
                write_line(self._out, block.pieces, Setting("block", _HARD_BREAK + indent, self._note))

    def _item(self, block: Paragraph, indent: str) -> None:
        """A deeper item stands under the text of the one that holds it."""
        while self._indents and self._indents[-1][0] >= block.level:
            self._indents.pop()
        columns = self._indents[-1][1] if self._indents else 0
        marker = "- " if block.number is None else f"{block.number}. "
        self._indents.append((block.level, columns + len(marker)))
        self._out.write(" " * columns + marker)
        newline = _HARD_BREAK + indent + " " * (columns + len(marker))
        write_line(self._out, block.pieces, Setting("block", newline, self._note))

    def _code(self, block: Paragraph, indent: str) -> None:
        ticks = fence(code_text(block.pieces), 3)
        self._out.write(f"{ticks}\n{indent}")
        for piece in block.pieces:
            if piece.kind != "note":
                self._out.write(piece.text.replace("\n", f"\n{indent}"), piece.source)
        self._out.write(f"\n{indent}{ticks}")

    def _table(self, table: WordTable, indent: str) -> None:
        columns = _columns(table)
        for number, row in enumerate(table.rows):
            self._out.write(f"\n{indent}" if number else "")
            self._row(row, columns)
            if number == 0:
                self._out.write(f"\n{indent}|{' --- |' * columns}")

    def _row(self, row: Sequence[Cell], columns: int) -> None:
        self._out.write("|")
        for cell in row:
            self._out.write("  |" * cell.before)
            self._out.write(" ")
            write_line(self._out, _cell_pieces(cell), Setting("cell", " ", self._note))
            self._out.write(" |" + "  |" * (cell.span - 1))
        self._out.write("  |" * (columns - _width(row)))


def _fenced(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.kind == "code"


def _joined_code(blocks: Sequence[Block]) -> Paragraph:
    """Lines of code that follow each other are one block of code."""
    lines = [block for block in blocks if isinstance(block, Paragraph)]
    parts = [piece for line in lines for piece in (TextPiece("\n", None, Look(), "glue"), *line.pieces)]
    return Paragraph("code", tuple(parts[1:]), lines[0].place)


def _between(before: Block, block: Block) -> str:
    """Items of one list follow line by line; where bullets turn into numbers, or back, another list begins."""
    if not isinstance(before, Paragraph) or not isinstance(block, Paragraph) or before.kind != "item":
        return "\n\n"
    same = before.level != block.level or (before.number is None) == (block.number is None)
    return "\n" if block.kind == "item" and same else "\n\n"


def _width(row: Sequence[Cell]) -> int:
    return sum(cell.before + cell.span for cell in row)


def _columns(table: WordTable) -> int:
    return max((_width(row) for row in table.rows), default=0)


def _without_frames(blocks: Sequence[Block]) -> Iterator[Block]:
    """A table of a single cell is a frame round its blocks, not a table."""
    waiting = list(reversed(blocks))
    while waiting:
        block = waiting.pop()
        if isinstance(block, WordTable) and len(block.rows) == len(block.rows[0]) == 1:
            waiting.extend(reversed(block.rows[0][0].blocks))
        else:
            yield block


def _without_bold(pieces: Sequence[TextPiece]) -> list[TextPiece]:
    """A heading that is bold from end to end is no more than a heading."""
    shown = [piece for piece in pieces if piece.kind == "text" and piece.text.strip()]
    if not all(piece.look.bold for piece in shown):
        return list(pieces)
    return [replace(piece, look=replace(piece.look, bold=False)) for piece in pieces]


def _cell_pieces(cell: Cell) -> list[TextPiece]:
    """A cell's text in one line: its paragraphs after each other, a nested table's cells parted by commas."""
    pieces: list[TextPiece] = []
    waiting: list[Block | str] = list(reversed(_spaced(cell.blocks)))
    while waiting:
        block = waiting.pop()
        if isinstance(block, str):
            pieces.append(TextPiece(block, None, Look(), "glue"))
        elif isinstance(block, Paragraph):
            pieces.extend(block.pieces)
        else:
            rows = [list(_joined([_spaced(inner.blocks) for inner in row], ", ")) for row in block.rows]
            waiting.extend(reversed(list(_joined(rows, "; "))))
    return pieces


def _spaced(blocks: Sequence[Block]) -> list[Block | str]:
    return list(_joined([[block] for block in blocks], " "))


def _joined(groups: Sequence[Sequence[Block | str]], separator: str) -> Iterator[Block | str]:
    for number, group in enumerate(one for one in groups if one):
        if number:
            yield separator
        yield from group
