"""The words of a Word file's accepted view, counted straight from its XML.

This is the checker of the reader: short, recursive, and written apart from it on purpose. It knows no styles, lists or
links; it only knows which text a person sees once every tracked change is accepted.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_WORD = re.compile(r"[^\W_]+")
_GONE = {f"{_W}{name}" for name in ("del", "moveFrom", "pPr", "rPr", "sdtPr", "rubyPr", "tblPr", "trPr", "tcPr")}
_SPACE = {f"{_W}{name}" for name in ("tab", "br", "cr", "ptab", "noBreakHyphen", "rt", "rubyBase")}


@dataclass(slots=True)
class _Seen:
    """What was collected on the way: finished streams of text, and the notes referred to in the accepted view."""

    streams: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    fields: list[bool] = field(default_factory=list)  # one for each open field: whether its result has begun


def words(text: str) -> Counter[str]:
    """Count the words of a text: stretches of letters and digits, without soft hyphens."""
    return Counter(_WORD.findall(text.replace("\u00ad", "")))


def words_in_file(data: bytes) -> Counter[str]:
    """Count the words of the accepted view: body, text boxes, and the footnotes and endnotes referred to."""
    body, rest = streams(data)
    return words("\n".join((*body, *rest)))


def streams(data: bytes) -> tuple[list[str], list[str]]:
    """Return the body's text, and that of its text boxes, equations and notes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        seen = _Seen()
        body = _story(ElementTree.fromstring(archive.read("word/document.xml")), seen)
        for kind, number in dict.fromkeys(seen.notes):
            notes = ElementTree.fromstring(archive.read(f"word/{kind}s.xml"))
            for note in notes.iter(f"{_W}{kind}"):
                if note.get(f"{_W}id") == number:
                    seen.streams.append(_story(note, seen))
    return [body], seen.streams


def _story(element: Element, seen: _Seen) -> str:
    outer, seen.fields = seen.fields, []
    text = "".join(part for child in element for part in _texts(child, seen))
    seen.fields = outer
    return text


def _texts(element: Element, seen: _Seen) -> Iterator[str]:
    tag = element.tag
    if tag in _GONE or _is_deleted(element):
        return
    if tag in {f"{_W}txbxContent", f"{_M}oMath"}:
        seen.streams.append(_story(element, seen))
        return
    if tag in {f"{_W}footnoteReference", f"{_W}endnoteReference"}:
        seen.notes.append((tag.removeprefix(_W).removesuffix("Reference"), element.get(f"{_W}id", "")))
    if tag == f"{_W}fldChar":
        _turn(element.get(f"{_W}fldCharType", ""), seen)
    elif tag in {f"{_W}t", f"{_M}t"} and all(seen.fields):
        yield element.text or ""
    elif tag == f"{_W}sym":
        yield _letter(element)
    elif tag in _SPACE:
        yield " "
    around = " " if tag.startswith(_M) and tag not in {f"{_M}r", f"{_M}t"} else ""
    yield around
    for child in _children(element):
        yield from _texts(child, seen)
    yield around
    if tag in {f"{_W}p", f"{_W}tc"} and not _has_deleted_mark(element):
        yield "\n"


def _children(element: Element) -> list[Element]:
    """Return one branch of alternative content: the first that has text, else none."""
    if element.tag != f"{_MC}AlternateContent":
        return list(element)
    return [branch for branch in element if any(text.tag in {f"{_W}t", f"{_M}t"} for text in branch.iter())][:1]


def _turn(kind: str, seen: _Seen) -> None:
    if kind == "begin":
        seen.fields.append(False)
    elif kind == "separate" and seen.fields:
        seen.fields[-1] = True
    elif kind == "end" and seen.fields:
        seen.fields.pop()


def _is_deleted(element: Element) -> bool:
    """Tell a deleted row and a deleted cell."""
    places = {f"{_W}tr": f"{_W}trPr/{_W}del", f"{_W}tc": f"{_W}tcPr/{_W}cellDel"}
    place = places.get(element.tag)
    return place is not None and element.find(place) is not None


def _letter(symbol: Element) -> str:
    """The Greek letters of the font Symbol are words; whatever else a symbol is, it is not one."""
    if symbol.get(f"{_W}font") != "Symbol":
        return " "
    latin, greek = (
        "abgdezhqiklmnxoprstufcywABGDEZHQIKLMNXOPRSTUFCYW",
        "αβγδεζηθικλμνξοπρστυφχψωΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ",
    )
    return dict(zip(latin, greek, strict=True)).get(chr(int(symbol.get(f"{_W}char", "20"), 16) & 0xFF), " ")


def _has_deleted_mark(element: Element) -> bool:
    marks = (f"{_W}pPr/{_W}rPr/{_W}del", f"{_W}pPr/{_W}rPr/{_W}moveFrom")
    return any(element.find(mark) is not None for mark in marks)


_MARKUP = (
    (re.compile(r"(?<!\\)\[\^\w+\](?:: )?"), ""),  # references to notes, and where a note begins
    (re.compile(r"(?<!\\)\]\([^()\s]*\)"), ""),  # targets of links
    (re.compile(r"^[ >]*(?:\d{1,9}[.)]|[-*+]) ", re.M), ""),  # markers of lists
    (re.compile(r"^(?:```|~~~)\w*$", re.M), ""),
    (re.compile(r"(?<!\\)[*~]"), ""),
    (re.compile(r"<br>"), " "),
    (re.compile(r"\\(?=[!-/:-@\[-`{-~])"), ""),
)


def words_of_markdown(text: str) -> Counter[str]:
    """Count the words that a reader of the rendered Markdown sees."""
    for pattern, instead in _MARKUP:
        text = pattern.sub(instead, text)
    return words(text)
