"""One paragraph's pieces as a line of Markdown: emphasis, links, code, notes, and the backslashes they need."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise

from humanize.uploads.docx.escapes import Position, escapes, opens
from humanize.uploads.docx.structure import Look, MappedStretch, Rendered, Source, TextPiece

_LONGEST_TARGET = 1900  # what the protected spans know as a link's target
_UNSAFE = {ord(one): f"%{ord(one):02X}" for one in '()<>\\ \t\r\n"`|'}
_VERBATIM = frozenset({"code", "equation"})


class Writer:
    """Gathers Markdown and where each stretch of it comes from."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._stretches: list[MappedStretch] = []
        self.length = 0

    def write(self, text: str, source: Source | None = None) -> None:
        if not text:
            return
        if source is not None and source.end - source.start == len(text):
            self._stretches.append(MappedStretch(self.length, self.length + len(text), source))
        self._parts.append(text)
        self.length += len(text)

    def rendered(self) -> Rendered:
        return Rendered("".join(self._parts), tuple(self._stretches))


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a line stands. `newline` is written for a break; `note` numbers a note by its key, "" for unknown ones."""

    position: Position
    newline: str
    note: Callable[[str], str]


@dataclass(slots=True)
class _Segment:
    """Neighbouring characters of one look: `text[start:end]` of the paragraph."""

    start: int
    end: int
    kind: str
    look: Look


def write_line(out: Writer, pieces: Sequence[TextPiece], setting: Setting) -> None:
    """Write a paragraph's pieces as one line, or as several where it breaks. White space round it is dropped."""
    line = _Line(_tidied(pieces, setting), setting)
    line.write(out)


def code_text(pieces: Sequence[TextPiece]) -> str:
    """Return a paragraph's text as it stands, for a block of code."""
    return "".join(piece.text for piece in pieces if piece.kind != "note")


def fence(text: str, least: int = 1) -> str:
    """Return backticks that do not stand in the text."""
    longest = max((sum(1 for _ in group) for sign, group in groupby(text) if sign == "`"), default=0)
    return "`" * max(least, longest + 1)


def cut(piece: TextPiece, start: int, end: int) -> TextPiece:
    """Return a part of a piece, with its own place in the file."""
    source = piece.source
    if source is not None and source.end - source.start == len(piece.text):
        source = replace(source, start=source.start + start, end=source.start + end)
    return replace(piece, text=piece.text[start:end], source=source)


def _tidied(pieces: Sequence[TextPiece], setting: Setting) -> list[TextPiece]:
    """Notes by their numbers, no white space round the paragraph or round its breaks, in cells no breaks at all."""
    found: list[TextPiece] = []
    for piece in pieces:
        if piece.kind == "note":
            mark = setting.note(piece.text)
            piece = replace(piece, text=mark, source=None, look=Look())
        elif setting.position != "block" and piece.text in {"\n", "\t"}:
            piece = replace(piece, text=" ")
        if piece.text or piece.kind == "equation":
            found.append(piece)
    return _without_edges(found)


def _without_edges(pieces: list[TextPiece]) -> list[TextPiece]:
    forward = _stripped(pieces, str.lstrip, lambda piece, size: cut(piece, len(piece.text) - size, len(piece.text)))
    backward = _stripped(forward[::-1], str.rstrip, lambda piece, size: cut(piece, 0, size))
    return backward[::-1]


def _stripped(
    pieces: list[TextPiece], strip: Callable[[str], str], keep: Callable[[TextPiece, int], TextPiece]
) -> list[TextPiece]:
    """Without the white space that the paragraph, or a line after a break, begins with; read backwards: ends with."""
    kept: list[TextPiece] = []
    at_edge = True
    for piece in pieces:
        if piece.kind == "break" and kept:
            kept.append(piece)
            at_edge = True
            continue
        if at_edge and piece.kind not in {"note", "equation"}:
            size = len(strip(piece.text))
            if size == 0:
                continue
            piece = keep(piece, size)
        at_edge = at_edge and not piece.text
        kept.append(piece)
    while kept and kept[-1].kind == "break":
        kept.pop()
    return kept


class _Line:
    def __init__(self, pieces: list[TextPiece], setting: Setting) -> None:
        self._pieces, self._setting = pieces, setting
        self._text = "".join(piece.text for piece in pieces)
        self._places = list(accumulate((len(piece.text) for piece in pieces[:-1]), initial=0)) if pieces else []
        # Where an empty piece ends an equation, the next one does not go on with it.
        self._ends = {
            place
            for piece, place in zip(pieces, self._places, strict=True)
            if piece.kind == "equation" and not piece.text
        }
        self._segments = self._segmented()
        self._escapes = sorted(self._due())

    def write(self, out: Writer) -> None:
        for link, group in groupby(self._segments, key=lambda one: one.look.link):
            segments = list(group)
            target = self._target(link, self._text[segments[0].start : segments[-1].end])
            out.write("[" if target else "")
            for before, segment in zip([None, *segments], segments, strict=False):
                self._write_segment(out, segment, before)
            out.write(f"]({target})" if target else "")

    # What stands where

    def _segmented(self) -> list[_Segment]:
        found: list[_Segment] = []
        for piece, start in zip(self._pieces, self._places, strict=True):
            kind = "code" if piece.look.code and piece.kind == "text" else piece.kind
            kind = "text" if kind in {"symbol", "glue"} else kind
            look = Look(link=piece.look.link) if kind in {"code", "break", "equation"} else piece.look
            last = found[-1] if found else None
            if last and (last.kind, last.look) == (kind, look) and last.kind != "break" and start not in self._ends:
                last.end = start + len(piece.text)
            else:
                found.append(_Segment(start, start + len(piece.text), kind, look))
        return self._emphasised([one for one in found if one.start < one.end])

    def _emphasised(self, segments: list[_Segment]) -> list[_Segment]:
        """Emphasis only where Markdown can show it: not round white space, and not where two kinds touch."""
        split = [part for one in segments for part in self._without_space(one)]
        for left, right in pairwise(split):
            if left.look != right.look and _marks(left) and _marks(right) and left.look.link == right.look.link:
                weaker = left if left.end - left.start < right.end - right.start else right
                weaker.look = Look(link=weaker.look.link)
        return [part for one in split for part in self._within_signs(one)]

    def _without_space(self, segment: _Segment) -> list[_Segment]:
        if not _marks(segment):
            return [segment]
        text = self._text[segment.start : segment.end]
        left = segment.start + len(text) - len(text.lstrip())
        return self._parts(segment, left, max(left, segment.start + len(text.rstrip())))

    def _within_signs(self, segment: _Segment) -> list[_Segment]:
        """A mark cannot stand between a letter and a sign that it holds: the sign moves out."""
        if not _marks(segment):
            return [segment]
        left, right = segment.start, segment.end
        while left < right and not opens(self._beyond(segment, left - 1), self._text[left]):
            left += 1
        while right > left and not opens(self._beyond(segment, right), self._text[right - 1]):
            right -= 1
        return self._parts(segment, left, right)

    def _parts(self, segment: _Segment, left: int, right: int) -> list[_Segment]:
        plain = Look(link=segment.look.link)
        parts = [
            _Segment(segment.start, left, segment.kind, plain),
            _Segment(left, right, segment.kind, segment.look),
            _Segment(right, segment.end, segment.kind, plain),
        ]
        return [one for one in parts if one.start < one.end]

    def _beyond(self, segment: _Segment, at: int) -> str:
        """The character next to a mark: a bracket of the link, a sign of code or of a note, or the text's own."""
        if not 0 <= at < len(self._text):
            return ""
        piece = self._pieces[bisect_right(self._places, at) - 1]
        if piece.look.link != segment.look.link or piece.kind in {"note", "equation"} or piece.look.code:
            return "["
        return self._text[at]

    def _due(self) -> set[int]:
        """Where backslashes go. Code and notes are not text, and a link's text may hold no lone bracket."""
        masked = list(self._text)
        for one in self._segments:
            if one.kind in _VERBATIM or one.kind == "note":
                masked[one.start : one.end] = "x" * (one.end - one.start)
        due = escapes("".join(masked), self._setting.position)
        for left, right in pairwise(self._segments):
            if left.kind == "note" and self._text[right.start] in "([:":
                due.add(right.start)
            if right.look.link and not left.look.link and self._text[left.end - 1] == "!":
                due.add(left.end - 1)
        # A backslash of the text would take the sign that a mark begins with.
        due.update(one.end - 1 for one in self._segments if masked[one.end - 1] == "\\")
        # A sign of the text next to a mark would be read as a part of it.
        marked = [one for one in self._segments if _marks(one)]
        edges = {place for one in marked for place in (one.start - 1, one.start, one.end - 1, one.end)}
        due.update(place for place in edges if 0 <= place < len(masked) and masked[place] in "*_~")
        linked = (place for one in self._segments if one.look.link for place in range(one.start, one.end))
        due.update(place for place in linked if masked[place] in "[]")
        return due

    def _target(self, link: str, text: str) -> str:
        """A link's address as Markdown takes it; "" where the text itself is the address."""
        address = link.translate(_UNSAFE)
        same = text.strip() in {link, link.removesuffix("/"), link.removeprefix("mailto:")}
        return "" if same or len(address) > _LONGEST_TARGET or not text.strip() else address

    # Writing

    def _write_segment(self, out: Writer, segment: _Segment, before: _Segment | None) -> None:
        if segment.kind in _VERBATIM:
            self._write_verbatim(out, segment, before)
        elif segment.kind == "break":
            out.write(self._setting.newline)
        else:
            marks = _marks(segment)
            out.write(marks)
            self._write_text(out, segment.start, segment.end)
            out.write(marks[::-1])

    def _write_verbatim(self, out: Writer, segment: _Segment, before: _Segment | None) -> None:
        text = self._text[segment.start : segment.end]
        ticks = fence(text)
        pad = " " if text[:1] == "`" or text[-1:] == "`" else ""
        out.write(" " if before is not None and before.kind in _VERBATIM else "")
        out.write(ticks + pad)
        for piece in self._between(segment.start, segment.end):
            self._write_code(out, piece)
        out.write(pad + ticks)

    def _write_code(self, out: Writer, piece: TextPiece) -> None:
        if self._setting.position != "cell" or "|" not in piece.text:
            out.write(piece.text, piece.source)
            return
        for at, sign in enumerate(piece.text):
            out.write("\\" if sign == "|" else "")
            part = cut(piece, at, at + 1)
            out.write(part.text, part.source)

    def _write_text(self, out: Writer, start: int, end: int) -> None:
        at = start
        first, last = bisect_left(self._escapes, start), bisect_left(self._escapes, end)
        for place in self._escapes[first:last]:
            self._write_pieces(out, at, place)
            out.write("\\")
            at = place
        self._write_pieces(out, at, end)

    def _write_pieces(self, out: Writer, start: int, end: int) -> None:
        for piece in self._between(start, end):
            out.write(piece.text, piece.source)

    def _between(self, start: int, end: int) -> list[TextPiece]:
        found: list[TextPiece] = []
        for at in range(max(0, bisect_right(self._places, start) - 1), bisect_left(self._places, end)):
            piece, place = self._pieces[at], self._places[at]
            left, right = max(start, place), min(end, place + len(piece.text))
            if left < right:
                found.append(cut(piece, left - place, right - place))
        return found


def _marks(segment: _Segment) -> str:
    look = segment.look
    if segment.kind != "text":
        return ""
    return "~~" * look.strike + "**" * look.bold + "*" * look.italic
