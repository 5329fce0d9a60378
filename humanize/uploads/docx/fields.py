"""Fields: instructions that Word keeps next to their results, such as links, page numbers and tables of contents.

A field's *instruction* is not text; its *result* is. Complex fields are three marks among the runs ("begin",
"separate", "end"), which may stand in different paragraphs. A mark without its partners hides nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from humanize.uploads.docx.package import Element, attribute, child, number, short, value

_HYPERLINK = re.compile(r"\A\s*HYPERLINK\b", re.IGNORECASE)
_ARGUMENT = re.compile(r'(\\[a-zA-Z])?\s*(?:"([^"]*)"|([^\s"\\]+))?')
_STORIES = frozenset({"w:txbxContent", "w:footnote", "w:endnote", "w:body"})
DELETED = frozenset({"w:del", "w:moveFrom"})


@dataclass(slots=True)
class _Field:
    instruction: list[str] = field(default_factory=list)
    in_result: bool = False
    link: str = ""


class OpenFields:
    """The complex fields that are open at a place of a story. Text counts while every one of them is in its result."""

    def __init__(self) -> None:
        self._open: list[_Field] = []
        self._links: list[str] = []
        self._instructions = 0

    @property
    def in_text(self) -> bool:
        return self._instructions == 0

    @property
    def link(self) -> str:
        """Where the innermost HYPERLINK leads whose result is open; "" for none."""
        return self._links[-1] if self._links else ""

    def begin(self) -> None:
        self._open.append(_Field())
        self._instructions += 1

    def instruct(self, text: str) -> None:
        if self._open and not self._open[-1].in_result:
            self._open[-1].instruction.append(text)

    def separate(self) -> None:
        if self._open and not self._open[-1].in_result:
            last = self._open[-1]
            last.in_result, last.link = True, hyperlink("".join(last.instruction))
            self._instructions -= 1
            if last.link:
                self._links.append(last.link)

    def end(self) -> None:
        if self._open:
            last = self._open.pop()
            self._instructions -= not last.in_result
            if last.link:
                self._links.pop()


def hyperlink(instruction: str) -> str:
    """Return where a HYPERLINK field leads: an address, "#bookmark", or both; "" for other fields."""
    match = _HYPERLINK.match(instruction)
    if match is None:
        return ""
    address = anchor = ""
    for found in _ARGUMENT.finditer(instruction, match.end()):
        switch, text = (found[1] or "").lower(), found[2] if found[2] is not None else (found[3] or "")
        if switch == "\\l":
            anchor = text
        elif not switch and text and not address:
            address = text
    return f"{address}#{anchor}" if anchor else address


def complete_marks(root: Element) -> frozenset[Element]:
    """Return the marks of a part that belong to fields with a begin and an end in one story, outside deleted text."""
    stacks: dict[Element | None, list[list[Element]]] = {}
    complete = set[Element]()
    for mark in root.iter("{*}fldChar"):
        story = _story(mark)
        if story is mark:
            continue
        stack = stacks.setdefault(story, [])
        match attribute(mark, "w:fldCharType"):
            case "begin":
                stack.append([mark])
            case "separate" if stack:
                stack[-1].append(mark)
            case "end" if stack:
                complete.update((*stack.pop(), mark))
    return frozenset(complete)


def _story(mark: Element) -> Element | None:
    """The element of the mark's story; the mark itself where it stands in deleted text."""
    for element in mark.iterancestors():
        name = short(element.tag)
        if name in DELETED:
            return mark
        if name in _STORIES:
            return element
    return None


def chosen_entry(mark: Element) -> str:
    """Return the entry that a drop-down form field shows, by its begin mark; "" for other fields."""
    choice = child(mark, "w:ffData", "w:ddList")
    if choice is None:
        return ""
    entries = [attribute(one, "w:val") or "" for one in choice if short(one.tag) == "w:listEntry"]
    at = number(value(choice, "w:result") or value(choice, "w:default"), 0)
    return entries[at] if at < len(entries) else ""
