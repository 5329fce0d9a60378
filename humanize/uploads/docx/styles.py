"""Styles and numbering: what a paragraph is (heading, list item, quote, code), and what its look is without emphasis.

Styles are told by their built-in English names, which Word writes in every language, by what they derive from, and by
their outline level.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from humanize.uploads.docx.package import Element, attribute, child, number, short, value
from humanize.uploads.docx.structure import Look, ParagraphKind

_HEADING = re.compile(r"heading ?([1-9])", re.IGNORECASE)
_QUOTE = re.compile(r"quote|quotations?|block ?text", re.IGNORECASE)
_CODE = re.compile(
    r"html (?:preformatted|code|typewriter|sample)|(?:source|program|inline)? ?code(?: ?(?:block|char|text|inline))?"
    r"|verbatim(?: char)?|macro text|preformatted text",
    re.IGNORECASE,
)
_LIST = re.compile(r"list (bullet|number)(?: ([2-9]))?", re.IGNORECASE)
_BODY_LEVEL = 9
_OFF = frozenset({"0", "false", "off"})
LEVELS = 9
_DEEPEST = 50  # styles that derive from each other


@dataclass(frozen=True, slots=True)
class Emphasis:
    """Bold, italic and struck through, as far as they are said: None leaves it to what lies below."""

    bold: bool | None = None
    italic: bool | None = None
    strike: bool | None = None

    def over(self, base: Emphasis) -> Emphasis:
        return Emphasis(
            base.bold if self.bold is None else self.bold,
            base.italic if self.italic is None else self.italic,
            base.strike if self.strike is None else self.strike,
        )


@dataclass(frozen=True, slots=True)
class Style:
    """A style with all that it derives from. `heading` is 0 for none; `listing` is (numId, level)."""

    kind: ParagraphKind = "paragraph"
    heading: int = 0
    emphasis: Emphasis = Emphasis()
    code: bool = False
    listing: tuple[str, int | None] | None = None
    fallback: tuple[bool, int] | None = None  # of a list style without numbering: ordered, level
    style_id: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """Where a list item stands: its level from 0, and its number, None for a bullet."""

    level: int
    number: int | None


def toggle(properties: Element | None, name: str) -> bool | None:
    """Return whether a run's property is on; None where it is not mentioned."""
    found = child(properties, name)
    if found is None:
        return None
    return (attribute(found, "w:val") or "1").lower() not in _OFF


def emphasis(properties: Element | None) -> Emphasis:
    """Read the emphasis that run properties say."""
    struck = toggle(properties, "w:strike")
    double = toggle(properties, "w:dstrike")
    return Emphasis(
        toggle(properties, "w:b"), toggle(properties, "w:i"), struck if double is None else double or struck
    )


class WordStyles:
    """The styles of a file, each resolved once."""

    def __init__(self, styles: Element | None, numbering: Element | None) -> None:
        found = [] if styles is None else [one for one in styles if short(one.tag) == "w:style"]
        self._elements = {attribute(one, "w:styleId") or "": one for one in found}
        self._default = next((key for key, one in self._elements.items() if _is_default_paragraph(one)), "")
        self._resolved: dict[str, Style] = {}
        self._own: dict[str, _Own] = {}
        self.numbering = Numbering(numbering, self)

    def paragraph(self, properties: Element | None) -> Style:
        """Return the style of a paragraph by its properties."""
        return self.style(value(properties, "w:pStyle") or self._default)

    def style(self, style_id: str) -> Style:
        if style_id not in self._resolved:
            self._resolved[style_id] = self._resolve(style_id)
        return self._resolved[style_id]

    def look(self, properties: Element | None, paragraph: Style, link: str) -> Look:
        """Return a run's look beyond its paragraph's: the run's own properties outrank its style's."""
        base = paragraph.emphasis
        character = self.style(value(properties, "w:rStyle") or "")
        own = emphasis(properties)
        return Look(
            bold=_stands_out(own.bold, base.bold, character.emphasis.bold),
            italic=_stands_out(own.italic, base.italic, character.emphasis.italic),
            strike=_stands_out(own.strike, base.strike, character.emphasis.strike),
            code=character.code,
            link=link,
        )

    def item(self, properties: Element | None, style: Style) -> Item | None:
        """Count a paragraph of a list and return its place, or None outside lists."""
        own = child(properties, "w:numPr")
        num_id, level = value(own, "w:numId"), value(own, "w:ilvl")
        if num_id is None and style.listing is not None:
            num_id = style.listing[0]
            level = level if style.listing[1] is None or level is not None else str(style.listing[1])
            if level is None:
                level = str(self.numbering.level_of_style(num_id, style.style_id))
        if num_id is not None:
            return self.numbering.count(num_id, number(level, 0, LEVELS - 1))
        if style.fallback is None:
            return None
        ordered, depth = style.fallback
        return Item(depth, 1 if ordered else None)

    def _chain(self, style_id: str) -> Iterator[_Own]:
        """Yield a style and what it derives from, the nearest first; a circle ends where it closes."""
        seen = set[str]()
        while style_id in self._elements and style_id not in seen and len(seen) < _DEEPEST:
            seen.add(style_id)
            if style_id not in self._own:  # read once, although many styles may derive from it
                self._own[style_id] = _own(style_id, self._elements[style_id])
            yield self._own[style_id]
            style_id = self._own[style_id].based_on

    def _resolve(self, style_id: str) -> Style:
        chain = list(self._chain(style_id))
        look = Emphasis()
        for one in reversed(chain):
            look = one.emphasis.over(look)
        names = [one.name for one in chain]
        heading = next((one.heading for one in chain if one.heading is not None), 0)
        code = any(_CODE.fullmatch(name) for name in names)
        quote = any(_QUOTE.search(name) for name in names)
        kind: ParagraphKind = "heading" if heading else "code" if code else "quote" if quote else "paragraph"
        listed = next((match for name in names if (match := _LIST.fullmatch(name))), None)
        listing = next((one for one in chain if one.listing), None)
        return Style(
            kind=kind,
            heading=heading,
            emphasis=look,
            code=code,
            listing=listing.listing if listing else None,
            fallback=(listed[1].lower() == "number", int(listed[2] or 1) - 1) if listed else None,
            style_id=listing.style_id if listing else style_id,
        )


@dataclass(frozen=True, slots=True)
class _Own:
    """What a style itself says, without what it derives from. `heading` is None where it says nothing about it."""

    style_id: str
    based_on: str
    name: str
    emphasis: Emphasis
    heading: int | None
    listing: tuple[str, int | None] | None


def _own(style_id: str, element: Element) -> _Own:
    name = value(element, "w:name") or ""
    return _Own(
        style_id,
        value(element, "w:basedOn") or "",
        name,
        emphasis(child(element, "w:rPr")),
        _heading(name, element),
        _listing(element),
    )


def _is_default_paragraph(style: Element) -> bool:
    return attribute(style, "w:type") == "paragraph" and attribute(style, "w:default") in {"1", "true", "on"}


def _stands_out(own: bool | None, paragraph: bool | None, character: bool | None) -> bool:
    if paragraph:
        return False  # the whole paragraph looks so; that is its style, not an emphasis
    return bool(character) if own is None else own


def _heading(name: str, style: Element) -> int | None:
    """The level by outline level or name: 0 for "not a heading", None where the style says nothing about it."""
    outline = value(style, "w:pPr", "w:outlineLvl")
    if outline is not None:
        return heading_level(outline)
    match = _HEADING.fullmatch(name)
    if match:
        return min(int(match[1]), 6)
    return 1 if name.lower() == "title" else None


def heading_level(outline: str) -> int:
    """Return the heading's level for an outline level (from "0"); 0 for body text."""
    level = number(outline, _BODY_LEVEL)
    return 0 if level >= _BODY_LEVEL else min(level + 1, 6)


def _listing(style: Element) -> tuple[str, int | None] | None:
    properties = child(style, "w:pPr", "w:numPr")
    num_id = value(properties, "w:numId")
    if num_id is None:
        return None
    level = value(properties, "w:ilvl")
    return num_id, None if level is None else number(level, 0, LEVELS - 1)


@dataclass(frozen=True, slots=True)
class _Level:
    format: str = "decimal"
    start: int = 1
    restarts: bool = True
    style: str = ""
    text: str = "%1"


@dataclass(slots=True)
class _List:
    """An abstract list: its levels, and the last number of each level that is running."""

    levels: dict[int, _Level]
    running: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Lists and their running numbers. Word counts per abstract list; an instance may start a level again."""

    def __init__(self, root: Element | None, styles: WordStyles) -> None:
        self._styles = styles
        elements = [] if root is None else list(root)
        abstract = {
            attribute(one, "w:abstractNumId") or "": one for one in elements if short(one.tag) == "w:abstractNum"
        }
        self._links = {key: found for key, one in abstract.items() if (found := value(one, "w:numStyleLink"))}
        self._lists = {key: _List(_levels(one)) for key, one in abstract.items()}
        instances = {attribute(one, "w:numId") or "": one for one in elements if short(one.tag) == "w:num"}
        self._abstract = {key: value(one, "w:abstractNumId") or "" for key, one in instances.items()}
        self._overrides = {
            (key, attribute(inner, "w:ilvl") or ""): inner for key, one in instances.items() for inner in one
        }
        self._started = set[tuple[str, int]]()

    def count(self, num_id: str, level: int) -> Item | None:
        """Count one item. None for numbering that shows nothing: `numId` 0, or the format "none"."""
        found = self._list(num_id)
        if found is None:
            return None
        override = self._overrides.get((num_id, str(level)))
        own = child(override, "w:lvl")
        shape = _level(own) if own is not None else found.levels.get(level, _Level())
        for deeper in [one for one in found.running if one > level and found.levels.get(one, _Level()).restarts]:
            del found.running[deeper]
        start = value(override, "w:startOverride")
        if start is not None and (num_id, level) not in self._started:
            found.running[level] = number(start, 1)
        else:
            found.running[level] = found.running[level] + 1 if level in found.running else shape.start
        self._started.add((num_id, level))
        if shape.format == "none" and not shape.text.strip():
            return None
        return Item(level, None if shape.format in {"bullet", "none"} else found.running[level])

    def level_of_style(self, num_id: str, style_id: str) -> int:
        """Return the level that names this style as its own; 0 where none does."""
        found = self._list(num_id)
        levels = {} if found is None else found.levels
        return next((level for level, shape in levels.items() if style_id and shape.style == style_id), 0)

    def _list(self, num_id: str) -> _List | None:
        """The abstract list of an instance, through the style that stands for it."""
        for _ in range(LEVELS):
            key = self._abstract.get(num_id, "")
            linked = self._styles.style(self._links.get(key, "")).listing if key in self._links else None
            if linked is None:
                return self._lists.get(key)
            num_id = linked[0]
        return None


def _levels(abstract: Element) -> dict[int, _Level]:
    return {
        number(attribute(one, "w:ilvl"), 0, LEVELS - 1): _level(one) for one in abstract if short(one.tag) == "w:lvl"
    }


def _level(element: Element) -> _Level:
    return _Level(
        format=value(element, "w:numFmt") or "decimal",
        start=number(value(element, "w:start"), 0),
        restarts=value(element, "w:lvlRestart") != "0",
        style=value(element, "w:pStyle") or "",
        text=value(element, "w:lvlText") or "",
    )
