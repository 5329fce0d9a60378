"""Finds where a rewrite differs from its source, by sentences, so that only changed stretches need checking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from humanize.text.edits import TextEdit
from humanize.text.segment import SegmentedText
from humanize.text.spans import Span

_WINDOW = 6_000  # characters to search ahead for an unchanged sentence


@dataclass(frozen=True, slots=True)
class ChangedStretch:
    """A changed stretch of the source and its counterpart in the result, in code points.

    `sentence` is the number of the first source sentence in it, from 0.
    """

    start: int
    end: int
    result_start: int
    result_end: int
    sentence: int


def changed_stretches(document: SegmentedText, result: str) -> tuple[ChangedStretch, ...]:
    """Return the changed stretches in order; unchanged sentences and non-prose blocks separate them."""
    return tuple(_gaps(document, result)) if document.text != result else ()


def edited_stretches(document: SegmentedText, edits: Sequence[TextEdit], result: str) -> tuple[ChangedStretch, ...]:
    """Return the changed stretches of a result whose edits are known; exact even if sentences repeat."""
    return tuple(_edited(document, edits, result))


def _edited(document: SegmentedText, edits: Sequence[TextEdit], result: str) -> Iterator[ChangedStretch]:
    text = document.text
    at = result_at = index = moved = 0
    first: int | None = None
    for unit, number in _units(document):
        while index < len(edits) and edits[index].end <= unit.start:
            moved += len(edits[index].after) - len(edits[index].before)
            index += 1
        if index < len(edits) and edits[index].start < unit.end:
            first = number if first is None else first
            continue
        place = unit.start + moved
        if text[at : unit.start] != result[result_at:place]:
            yield ChangedStretch(at, unit.start, result_at, place, number if first is None else first)
        at, result_at, first = unit.end, place + unit.end - unit.start, None
    yield from _tail(document, result, at, result_at, first)


def _units(document: SegmentedText) -> Iterator[tuple[Span, int]]:
    """Yield the sentences with their numbers; a block without sentences has the number of the next sentence."""
    number = 0
    for block in document.blocks:
        for sentence in block.sentences:
            yield sentence, number
            number += 1
        if not block.sentences:
            yield Span(block.start, block.end, "block"), number


def _gaps(document: SegmentedText, result: str) -> Iterator[ChangedStretch]:
    text = document.text
    at = result_at = 0
    first: int | None = None
    for unit, number in _units(document):
        piece = text[unit.start : unit.end]
        place = _find(result, piece, result_at, unit.end - at)
        if place < 0:
            first = number if first is None else first
            continue
        if text[at : unit.start] != result[result_at:place]:
            yield ChangedStretch(at, unit.start, result_at, place, number if first is None else first)
        at, result_at, first = unit.end, place + len(piece), None
    yield from _tail(document, result, at, result_at, first)


def _tail(document: SegmentedText, result: str, at: int, result_at: int, first: int | None) -> Iterator[ChangedStretch]:
    text = document.text
    if text[at:] != result[result_at:]:
        last = max(0, len(document.sentences) - 1)
        yield ChangedStretch(at, len(text), result_at, len(result), last if first is None else first)


def _find(result: str, piece: str, at: int, reach: int) -> int:
    """Find a piece near its expected position; farther away, a short sentence such as "Yes." may be another one."""
    window = min(_WINDOW, 3 * reach + 10 * len(piece))
    return result.find(piece, at, at + window + len(piece))
