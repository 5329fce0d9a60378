"""The text as the model sees it: numbered units, one per line, with marks in place of protected spans.

A unit is a sentence of an editable block; sentences that share a protected span form one unit. Headings are shown
without a number, for orientation. The rest of the document is not shown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from humanize.prompts.placeholders import Marks, hide, legend, marks_for, single_spaced
from humanize.text.segment import Block, SegmentedText
from humanize.text.spans import Span, SpanIndex


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
    """The numbered sentences that a model is shown, with the marks in them."""

    units: tuple[Unit, ...]
    marks: Marks
    lines: tuple[str, ...]

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
    document: SegmentedText, block: Block, place: int, protected: SpanIndex, marks: Marks, before: int
) -> Iterator[Unit]:
    if not block.editable:
        return
    number = before
    for start, end in _stretches(block, protected):
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
