"""A Word file as Markdown: headings, lists, quotes, tables and paragraphs; the archive is checked before it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from humanize.errors import UnreadableText
from youman.core.security.archives import Bounds, check_zip

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.table import CT_Tc
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_MIB = 1024 * 1024
_BOUNDS = Bounds(entries=2_000, total=128 * _MIB, entry=64 * _MIB)
_LEVEL = re.compile(r"heading (\d)", re.IGNORECASE)
_LEADING_MARKUP = re.compile(r"^(#{1,6}\s|[-+*>]\s|\d+[.)]\s|```|~~~)")


def docx_to_markdown(file: BinaryIO) -> str:
    """Raises ArchiveRefused for a bad archive and UnreadableText for one that is no Word document."""
    check_zip(file, _BOUNDS)
    file.seek(0)
    blocks = _read(file)
    out: list[str] = []
    for place, (kind, text) in enumerate(blocks):
        tight = kind in {"bullet", "number"} and place > 0 and blocks[place - 1][0] == kind
        out += ["\n" if tight else "\n\n", text] if out else [text]
    return "".join(out) + "\n" if out else ""


def _read(file: BinaryIO) -> list[tuple[str, str]]:
    # Late: python-docx and lxml cost 0.2 s that only an upload should pay.
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        return list(_blocks(docx.Document(file)))
    except (OpcError, LxmlError, KeyError, ValueError, AttributeError, RecursionError) as error:
        # AttributeError, too: the parts are looked up in whatever XML the file brought.
        raise UnreadableText("The file is not a Word document, or it is damaged; save it again as .docx") from error


def _blocks(document: Document) -> Iterator[tuple[str, str]]:
    from docx.table import Table

    for part in document.iter_inner_content():
        if isinstance(part, Table):
            yield "table", _table(part)
        elif part.text.strip():
            yield _paragraph(part)


def _paragraph(paragraph: Paragraph) -> tuple[str, str]:
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    text = paragraph.text.strip()
    heading = _LEVEL.match(style)
    if heading or style == "Title":
        return "heading", f"{'#' * min(int(heading[1]) if heading else 1, 6)} {' '.join(text.split())}"
    if style.startswith("List Number"):
        return "number", f"1. {text}"
    if style.startswith("List") or _numbered(paragraph):
        return "bullet", f"- {text}"
    if "Quote" in style:
        return "quote", "> " + text.replace("\n", "\n> ")
    return "paragraph", _LEADING_MARKUP.sub(r"\\\1", text)


def _numbered(paragraph: Paragraph) -> bool:
    """A list made by the toolbar has no list style, only numbering properties."""
    properties = paragraph._p.pPr
    return properties is not None and properties.numPr is not None


def _table(table: Table) -> str:
    rows = [[_cell(cell, table) for cell in row._tr.tc_lst] for row in table.rows]
    columns = max((len(row) for row in rows), default=0)
    lines = [f"| {' | '.join(row + [''] * (columns - len(row)))} |" for row in rows]
    rule = f"|{' --- |' * columns}" if rows else ""
    return "\n".join([*lines[:1], rule, *lines[1:]])


def _cell(element: CT_Tc, table: Table) -> str:
    """One cell as it stands: `row.cells` repeats it by its span, which a hostile file sets to a billion."""
    from docx.table import _Cell

    return " ".join(_Cell(element, table).text.split()).replace("|", "\\|")
