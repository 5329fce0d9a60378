"""The accepted view of one part: insertions and moved text stay, deletions go, joined paragraphs are one.

One walk over the part, element by element, without recursion: what wraps text (content controls, smart tags,
insertions, whatever is unknown) is transparent, and only what is not text is named. Hidden text is text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from lxml import etree

from humanize.uploads.docx import equations, fields, symbols
from humanize.uploads.docx.fields import OpenFields
from humanize.uploads.docx.package import Element, attribute, child, number, short, value
from humanize.uploads.docx.structure import Block, Cell, Look, Paragraph, PieceKind, Source, TextPiece, WordTable
from humanize.uploads.docx.styles import Style, WordStyles, heading_level

_SKIPPED = fields.DELETED | frozenset(
    "w:pPr w:rPr w:sdtPr w:sdtEndPr w:tblPr w:tblPrEx w:tblGrid w:trPr w:tcPr w:sectPr w:rubyPr w:ffData w:fldData "
    "w:smartTagPr w:customXmlPr w:delText w:delInstrText w:numPr".split()
)
_COUNTED = {
    "pic:pic": "image",
    "c:chart": "chart",
    "dgm:relIds": "diagram",
    "w:object": "embedded object",
    "w:altChunk": "embedded document",
    "w:subDoc": "linked document",
    "w:contentPart": "ink drawing",
}
_CHARACTERS = {
    "w:tab": ("\t", "symbol"),
    "w:ptab": ("\t", "symbol"),
    "w:br": ("\n", "break"),
    "w:cr": ("\n", "break"),
    "w:noBreakHyphen": ("\u2011", "symbol"),
    "w:softHyphen": ("\u00ad", "symbol"),
}
_NOTES = {"w:footnoteReference": "footnote", "w:endnoteReference": "endnote"}
_WIDEST = 63  # columns of a table in Word; more is a hostile file's claim
_ONE_LINE = str.maketrans("\t\r\n", "   ")
_TEXTS = frozenset({"w:t", "m:t", "w:sym"})


@dataclass(slots=True)
class _Paragraph:
    """A paragraph under way. Text boxes wait in `boxes` until it ends."""

    pieces: list[TextPiece] = field(default_factory=list)
    boxes: list[Block] = field(default_factory=list)
    element: Element | None = None
    place: int = 0


@dataclass(slots=True)
class _Table:
    place: int
    rows: list[list[Cell]] = field(default_factory=list)


@dataclass(slots=True)
class _Frame:
    """What holds blocks: a story or a cell. A cell shares its story's fields and links."""

    kind: str
    fields: OpenFields
    links: list[str]
    blocks: list[Block] = field(default_factory=list)
    tables: list[_Table] = field(default_factory=list)
    paragraph: _Paragraph | None = None
    joined: _Paragraph | None = None  # its mark is deleted: the next paragraph continues it
    looks: list[Look] = field(default_factory=lambda: [Look()])
    fonts: list[str] = field(default_factory=lambda: [""])
    style: Style = field(default_factory=Style)
    ruby: list[TextPiece] | None = None
    in_ruby: bool = False
    in_equation: int = 0
    in_new_term: bool = False


class StoryReader:
    """Reads a part's stories. `stories` holds them by name: "body", or a note's id. Make one for each part."""

    def __init__(self, part: str, styles: WordStyles, links: dict[str, str], unread: Counter[str]) -> None:
        self.stories: dict[str, tuple[Block, ...]] = {}
        self._part, self._styles, self._links, self._unread = part, styles, links, unread
        self._frames: list[_Frame] = [_Frame("", OpenFields(), [])]
        self._branches: list[Element | None] = []
        self._marks: frozenset[Element] = frozenset()
        self._at = 0

    def read(self, root: Element) -> None:
        """Walk the part once, in time and depth linear in its elements."""
        self._marks = fields.complete_marks(root)
        skipped: Element | None = None
        self._at = -1
        for event, element in etree.iterwalk(root, events=("start", "end")):
            starts = event == "start"
            self._at += starts
            if skipped is not None:
                skipped = None if element is skipped and not starts else skipped
                continue
            name = short(element.tag)
            if starts and self._is_skipped(element, name):
                skipped = element
                continue
            handler = (_STARTS if starts else _ENDS).get(name)
            if handler is not None:
                handler(self, element)
            if name.startswith("m:"):
                self._in_equation(element, name, starts=starts)

    @property
    def _frame(self) -> _Frame:
        return self._frames[-1]

    def _is_skipped(self, element: Element, name: str) -> bool:
        if name in _SKIPPED:
            return True
        if name in {"mc:Choice", "mc:Fallback"}:
            return not self._branches or self._branches[-1] is not element
        if name == "w:tr":
            return child(element, "w:trPr", "w:del") is not None
        return name == "w:tc" and child(element, "w:tcPr", "w:cellDel") is not None

    # Stories, tables, cells

    def _open_story(self, element: Element) -> None:
        self._frames.append(_Frame(short(element.tag), OpenFields(), []))

    def _close_story(self, element: Element) -> None:
        frame = self._closed_frame()
        if frame.kind == "w:txbxContent":
            self._current().boxes.extend(frame.blocks)
        else:
            name = "body" if frame.kind == "w:body" else attribute(element, "w:id") or ""
            self.stories[name] = tuple(frame.blocks)

    def _closed_frame(self) -> _Frame:
        self._end_paragraph()
        self._flush()
        return self._frames.pop()

    def _open_table(self, element: Element) -> None:
        self._end_paragraph()
        self._flush()
        self._frame.tables.append(_Table(self._at))

    def _close_table(self, element: Element) -> None:
        table = self._frame.tables.pop()
        rows = tuple(tuple(row) for row in table.rows if row)
        if rows:
            self._frame.blocks.append(WordTable(rows, Source(self._part, table.place, 0, 0)))

    def _open_row(self, element: Element) -> None:
        if self._frame.tables:
            self._frame.tables[-1].rows.append([])

    def _open_cell(self, element: Element) -> None:
        above = self._frame
        self._frames.append(_Frame("w:tc", above.fields, above.links))

    def _close_cell(self, element: Element) -> None:
        frame = self._closed_frame()
        above = self._frame
        if not above.tables or not above.tables[-1].rows:
            above.blocks.extend(frame.blocks)
            return
        row = above.tables[-1].rows[-1]
        before = 0 if row else _columns(value(element.getparent(), "w:trPr", "w:gridBefore"), 0)
        span = _columns(value(element, "w:tcPr", "w:gridSpan"), 1)
        row.append(Cell(tuple(frame.blocks), max(1, span), before))

    # Paragraphs

    def _current(self) -> _Paragraph:
        """The open paragraph; text outside any, in a damaged file, gets one of its own."""
        frame = self._frame
        if frame.paragraph is None:
            frame.paragraph = frame.joined or _Paragraph(place=max(0, self._at))
            frame.joined = None
        return frame.paragraph

    def _open_paragraph(self, element: Element) -> None:
        self._end_paragraph()
        paragraph = self._current()
        paragraph.element, paragraph.place = element, self._at
        self._frame.style = self._styles.paragraph(child(element, "w:pPr"))
        self._frame.looks, self._frame.fonts = [self._plain()], [""]

    def _close_paragraph(self, element: Element) -> None:
        frame = self._frame
        marks = child(element, "w:pPr", "w:rPr")
        if frame.paragraph is not None and any(child(marks, name) is not None for name in fields.DELETED):
            frame.joined, frame.paragraph = frame.paragraph, None
        else:
            self._end_paragraph()

    def _end_paragraph(self) -> None:
        frame = self._frame
        paragraph, frame.paragraph = frame.paragraph, None
        if paragraph is not None:
            self._finish(paragraph)

    def _flush(self) -> None:
        """A paragraph that would go on in the next one, where none comes, ends here."""
        frame = self._frame
        paragraph, frame.joined = frame.joined, None
        if paragraph is not None and (paragraph.pieces or paragraph.boxes):
            self._finish(paragraph)

    def _finish(self, paragraph: _Paragraph) -> None:
        properties = child(paragraph.element, "w:pPr")
        style = self._styles.paragraph(properties)
        outline = value(properties, "w:outlineLvl")
        heading = style.heading if outline is None else heading_level(outline)
        item = self._styles.item(properties, style)
        place, pieces = Source(self._part, paragraph.place, 0, 0), tuple(paragraph.pieces)
        if heading:
            block = Paragraph("heading", pieces, place, heading)
        elif item is not None:
            block = Paragraph("item", pieces, place, item.level, item.number)
        else:
            block = Paragraph("paragraph" if style.kind == "heading" else style.kind, pieces, place)
        if any(piece.text.strip() for piece in pieces) or (pieces and block.kind == "code"):
            self._frame.blocks.append(block)
        self._frame.blocks.extend(paragraph.boxes)

    # Runs and what they hold

    def _plain(self) -> Look:
        return Look(link=self._link())

    def _open_run(self, element: Element) -> None:
        frame, properties = self._frame, child(element, "w:rPr")
        frame.looks.append(self._styles.look(properties, frame.style, ""))
        fonts = child(properties, "w:rFonts")
        frame.fonts.append("" if fonts is None else attribute(fonts, "w:ascii") or "")

    def _close_run(self, element: Element) -> None:
        if len(self._frame.looks) > 1:
            self._frame.looks.pop()
            self._frame.fonts.pop()

    def _text(self, element: Element) -> None:
        text = (element.text or "").translate(_ONE_LINE)
        if text:
            self._add(symbols.in_font(text, self._frame.fonts[-1]))

    def _symbol(self, element: Element) -> None:
        text = symbols.character(attribute(element, "w:char") or "", attribute(element, "w:font") or "")
        if text:
            self._add(text, "symbol")

    def _character(self, element: Element) -> None:
        text, kind = _CHARACTERS[short(element.tag)]
        self._add(text, kind)  # type: ignore[arg-type]  # the table's literals

    def _note(self, element: Element) -> None:
        key = f"{_NOTES[short(element.tag)]}:{attribute(element, 'w:id') or ''}"
        self._add(key, "note")

    def _add(self, text: str, kind: PieceKind = "text") -> None:
        frame = self._frame
        if not frame.fields.in_text:
            return
        look = replace(frame.looks[-1], link=self._link())
        if frame.in_equation and kind in {"text", "symbol"}:
            kind, look = "equation", Look(link=look.link)
            self._part_terms(text, look)
        size = len(text) if kind in {"text", "equation"} else 1
        source = None if kind == "glue" else Source(self._part, self._at, 0, size)
        self._put(TextPiece(text, source, look, kind))

    def _part_terms(self, text: str, look: Look) -> None:
        """Terms of an equation that stand apart on the page do not run together: `x^k a`, `sin x`."""
        pieces = self._current().pieces
        last = pieces[-1].text if pieces and pieces[-1].kind == "equation" else ""
        if self._frame.in_new_term and last[-1:].isalnum() and text[0].isalnum():
            self._put(TextPiece(" ", None, look, "equation"))
        self._frame.in_new_term = False

    def _put(self, piece: TextPiece) -> None:
        frame = self._frame
        if frame.in_ruby and frame.ruby is not None:
            frame.ruby.append(piece)
        else:
            self._current().pieces.append(piece)

    # Links and fields

    def _link(self) -> str:
        frame = self._frame
        return (frame.links[-1] if frame.links else "") or frame.fields.link

    def _open_link(self, element: Element) -> None:
        address = self._links.get(attribute(element, "r:id") or "", "")
        anchor = attribute(element, "w:anchor") or ""
        self._frame.links.append(f"{address}#{anchor}" if anchor else address)

    def _open_simple_field(self, element: Element) -> None:
        self._frame.links.append(fields.hyperlink(attribute(element, "w:instr") or "") or self._link())

    def _close_link(self, element: Element) -> None:
        if self._frame.links:
            self._frame.links.pop()

    def _mark(self, element: Element) -> None:
        opened = self._frame.fields
        if element not in self._marks:
            return
        match attribute(element, "w:fldCharType"):
            case "begin":
                chosen = fields.chosen_entry(element)
                if chosen:
                    self._add(chosen, "glue")
                opened.begin()
            case "separate":
                opened.separate()
            case "end":
                opened.end()

    def _instruction(self, element: Element) -> None:
        self._frame.fields.instruct(element.text or "")

    # Ruby, equations, and what is counted

    def _open_ruby(self, element: Element) -> None:
        self._frame.ruby = []

    def _open_annotation(self, element: Element) -> None:
        self._frame.in_ruby = True

    def _close_annotation(self, element: Element) -> None:
        self._frame.in_ruby = False

    def _close_ruby(self, element: Element) -> None:
        """The file has the annotation before its base; readers find it behind, in brackets."""
        frame = self._frame
        pieces, frame.ruby, frame.in_ruby = frame.ruby or [], None, False
        if pieces:
            look = pieces[0].look
            self._current().pieces.extend(
                [TextPiece("(", None, look, "glue"), *pieces, TextPiece(")", None, look, "glue")]
            )

    def _in_equation(self, element: Element, name: str, *, starts: bool) -> None:
        frame = self._frame
        if equations.is_equation(name):
            frame.in_equation += 1 if starts else -1
        elif name not in {"m:r", "m:t"}:
            frame.in_new_term = True
        if not frame.in_equation and starts:
            return
        signs = equations.opening(element) if starts else equations.closing(element)
        ends = not frame.in_equation
        if (signs or ends) and frame.fields.in_text:
            self._put(TextPiece(signs, None, Look(link=self._link()), "equation"))

    def _open_alternatives(self, element: Element) -> None:
        self._branches.append(_chosen_branch(element))

    def _close_alternatives(self, element: Element) -> None:
        self._branches.pop()

    def _count(self, element: Element) -> None:
        self._unread[_COUNTED[short(element.tag)]] += 1

    def _count_picture(self, element: Element) -> None:
        if not any(short(above.tag) == "w:object" for above in element.iterancestors()):
            self._unread["image"] += 1


def _columns(text: str | None, default: int) -> int:
    columns = number(text, default)
    return columns if columns <= _WIDEST else default


def _chosen_branch(alternatives: Element) -> Element | None:
    """The first branch that has text, else the first: what they hold is the same, drawn in different ways."""
    branches = [one for one in alternatives if short(one.tag).startswith("mc:")]
    texts = (one for one in branches if any(short(inner.tag) in _TEXTS for inner in one.iter()))
    return next(texts, branches[0] if branches else None)


_Handler = Callable[[StoryReader, Element], None]
_STARTS: dict[str, _Handler] = {
    **dict.fromkeys(("w:body", "w:footnote", "w:endnote", "w:txbxContent"), StoryReader._open_story),
    **dict.fromkeys(_CHARACTERS, StoryReader._character),
    **dict.fromkeys(_NOTES, StoryReader._note),
    **dict.fromkeys(_COUNTED, StoryReader._count),
    **dict.fromkeys(("w:r", "m:r"), StoryReader._open_run),
    **dict.fromkeys(("w:t", "m:t"), StoryReader._text),
    "w:p": StoryReader._open_paragraph,
    "w:tbl": StoryReader._open_table,
    "w:tr": StoryReader._open_row,
    "w:tc": StoryReader._open_cell,
    "w:sym": StoryReader._symbol,
    "w:hyperlink": StoryReader._open_link,
    "w:fldSimple": StoryReader._open_simple_field,
    "w:fldChar": StoryReader._mark,
    "w:instrText": StoryReader._instruction,
    "w:ruby": StoryReader._open_ruby,
    "w:rt": StoryReader._open_annotation,
    "mc:AlternateContent": StoryReader._open_alternatives,
    "v:imagedata": StoryReader._count_picture,
}
_ENDS: dict[str, _Handler] = {
    **dict.fromkeys(("w:body", "w:footnote", "w:endnote", "w:txbxContent"), StoryReader._close_story),
    **dict.fromkeys(("w:r", "m:r"), StoryReader._close_run),
    **dict.fromkeys(("w:hyperlink", "w:fldSimple"), StoryReader._close_link),
    "w:p": StoryReader._close_paragraph,
    "w:tbl": StoryReader._close_table,
    "w:tc": StoryReader._close_cell,
    "w:rt": StoryReader._close_annotation,
    "w:ruby": StoryReader._close_ruby,
    "mc:AlternateContent": StoryReader._close_alternatives,
}
