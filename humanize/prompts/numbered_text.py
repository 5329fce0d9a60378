"""The text as the model sees it: numbered units, one per line, with marks in place of protected spans.

A unit is a sentence of an editable block; sentences that share a protected span form one unit. Headings are shown
without a number, for orientation. The rest of the document is not shown.

For a rewrite by paragraphs each paragraph begins with a line of its own, such as ¶3, and headings have numbers too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from humanize.prompts.placeholders import Marks, hide, legend, marks_for, single_spaced
from humanize.text.segment import Block, SegmentedText
from humanize.text.spans import Span, SpanIndex

_HEADING_MARK = re.compile(r"#{1,6}[ \t]+")
_KINDS = {"heading": " (heading)", "list_item": " (list item)"}


@dataclass(frozen=True, slots=True)
class Unit:
    """The range `text[start:end]` of the document, shown as `line`. `marks` are the numbers of its marks, in order."""

    number: int
    start: int
    end: int
    block: int
    line: str
    marks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The numbered sentences that a model is shown, with the marks in them.

    `blocks` has the place in the document of each numbered paragraph, from ¶1; empty for a rewrite by sentences.
    """

    units: tuple[Unit, ...]
    marks: Marks
    lines: tuple[str, ...]
    blocks: tuple[int, ...] = ()

    @property
    def body(self) -> str:
        return "\n".join(self.lines)

    def legend_of(self, units: Sequence[Unit]) -> str:
        return legend([number for unit in units for number in unit.marks], self.marks)

    def at(self, offset: int) -> Unit | None:
        """Return the unit that contains the offset, or None."""
        number = bisect_right(self.units, offset, key=lambda unit: unit.start) - 1
        return self.units[number] if number >= 0 and offset < self.units[number].end else None


def make_sheet(document: SegmentedText, protected: Sequence[Span], prefix: str) -> Sheet:
    """Number the sentences of a document. If the text itself has ⟦ or ⟧, the marks start with `prefix`."""
    marks = marks_for(document.text, protected, prefix)
    index = SpanIndex(protected)
    units: list[Unit] = []
    lines: list[str] = []
    for number, block in enumerate(document.blocks):
        if block.kind == "heading":
            lines += ("", single_spaced(document.text[block.start : block.end]).strip())
        found = list(_units(document, block, number, index, marks, len(units)))
        if found:
            lines += ("", *(unit.line for unit in found))
            units += found
    return Sheet(tuple(units), marks, tuple(lines[1:]))


def make_paragraph_sheet(document: SegmentedText, protected: Sequence[Span], prefix: str) -> Sheet:
    """Number the paragraphs and their sentences. `protected` are the spans that are shown as marks."""
    marks = marks_for(document.text, protected, prefix)
    index = SpanIndex(protected)
    units: list[Unit] = []
    lines: list[str] = []
    blocks: list[int] = []
    for number, block in enumerate(document.blocks):
        found = list(_units(document, block, number, index, marks, len(units), headings=True))
        if _covers(document.text, block, found):
            blocks.append(number)
            lines += ("", f"¶{len(blocks)}{_KINDS.get(block.kind, '')}", *(unit.line for unit in found))
            units += found
    return Sheet(tuple(units), marks, tuple(lines[1:]), tuple(blocks))


def _marker(text: str, start: int, end: int) -> int:
    """Return the length of the signs before a heading's words, which the model is not shown."""
    found = _HEADING_MARK.match(text, start, end)
    return found.end() - start if found else 0


def _covers(text: str, block: Block, units: Sequence[Unit]) -> bool:
    """Whether the units are all sentences of the block: what is not shown would be lost in a paragraph written anew."""
    if not units or units[-1].end != block.sentences[-1].end:
        return False
    if units[0].start != block.sentences[0].start and block.kind != "heading":
        return False
    return not any(text[one.end : other.start].strip() for one, other in pairwise(units))


def without_stops(document: SegmentedText, protected: Sequence[Span]) -> tuple[Span, ...]:
    """Return the spans without the full stop that ends their sentence, so that the model may change it."""
    ends = {sentence.end for sentence in document.sentences}
    return tuple(
        Span(span.start, span.end - 1, span.kind)
        if span.end in ends
        and span.kind != "quotation"
        and document.text[span.end - 1] == "."
        and span.end - span.start > 1
        else span
        for span in protected
    )


def _units(
    document: SegmentedText,
    block: Block,
    place: int,
    protected: SpanIndex,
    marks: Marks,
    before: int,
    *,
    headings: bool = False,
) -> Iterator[Unit]:
    if not block.editable and not (headings and block.kind == "heading"):
        return
    number = before
    for start, end in _stretches(block, protected):
        start += _marker(document.text, start, end) if block.kind == "heading" else 0
        crossing = protected.touching(start, end)
        inside = [at + 1 for at, span in crossing if span.start >= start and span.end <= end]
        if len(crossing) != len(inside):
            continue  # a protected span reaches out of the block, so the sentence must stay unchanged
        number += 1
        shown = hide(document.text, start, end, [span for _, span in crossing], inside[0] if inside else 1, marks)
        yield Unit(number, start, end, place, f"[{number}] {shown}", tuple(inside))


def _stretches(block: Block, protected: SpanIndex) -> list[tuple[int, int]]:
    """Return the ranges of the sentences, joining those that share a protected span."""
    found: list[tuple[int, int]] = []
    for sentence in block.sentences:
        # a span that begins before the end of one sentence and ends behind the start of the next
        tied = found and any(
            span.start < found[-1][1] for _, span in protected.touching(sentence.start, sentence.start + 1)
        )
        if tied:
            found[-1] = (found[-1][0], sentence.end)
        else:
            found.append((sentence.start, sentence.end))
    return found
