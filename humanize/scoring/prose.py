"""Finds the prose of a text, which is all that the detector may judge, and counts the words of everything else.

Code, tables, lists, verse, headings, block quotes and front matter follow rules of their own: a detector trained on
prose reads them wrongly. The segmenter knows most of them; verse and rows of data are told by the shape of their lines.
Pure: no Django, no network. Takes time linear in the length of any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from humanize.options import TextFormat
from humanize.text.segment import block_spans
from humanize.text.spans import Span

VERSE, DATA = "verse", "data"
_PARAGRAPH = "paragraph"
_FEWEST_LINES = 4
_LONGEST_LINE = 76  # characters of a line of verse; wrapped prose is told apart by where its lines break
_EARLY = 0.4  # the share of lines that end within a sentence although the next word would have fitted
_WORD = re.compile(r"[^\W_]\S*")  # not the marks of tables and fences
_LINE = re.compile(r"[^\r\n]+")
_ENDED = re.compile(r"[.!?…:][\"'”’»)\]*_]{0,4}[ \t\\]{0,8}$")
_ENTRY = re.compile(r"[ \t]*+[^\s:|\t][^:|\t\r\n.!?]{0,30}[:|\t][ \t]*\S|(?:[^,;\r\n]{0,40}[,;]){4}|[^|\r\n]{0,200}\|")


class Segmented(Protocol):
    """A segmented text, of which scoring needs the blocks and the sentences, both in order."""

    @property
    def blocks(self) -> Sequence[PlacedBlock]: ...
    @property
    def sentences(self) -> Sequence[Span]: ...


class PlacedBlock(Protocol):
    """The block `text[start:end]`."""

    @property
    def kind(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Prose:
    """The prose of a text. `text` joins its paragraphs with line ends; `spans` are their places, in order.

    `left_out` gives the number of words of each other kind of block, in alphabetical order: code, data, front_matter,
    heading, html, list_item, quote, table, verse.
    """

    text: str
    spans: tuple[Span, ...]
    left_out: dict[str, int]


def prose_of(text: str, document: Segmented | None = None, format: TextFormat = "auto") -> Prose:
    """Return the prose of a text. `document` is the same text segmented, which saves dividing it again."""
    blocks: Sequence[PlacedBlock] = document.blocks if document else block_spans(text, format)
    kinds = [block.kind for block in blocks]
    for first, last in _runs_of_short_lines(text, blocks):
        kinds[first:last] = [_kind_of_lines(text, blocks[first:last])] * (last - first)
    spans = tuple(
        Span(block.start, block.end, kind) for block, kind in zip(blocks, kinds, strict=True) if kind == _PARAGRAPH
    )
    left_out = dict.fromkeys(sorted(set(kinds) - {_PARAGRAPH, "blank"}), 0)
    for block, kind in zip(blocks, kinds, strict=True):
        if kind in left_out:
            left_out[kind] += len(_WORD.findall(text, block.start, block.end))
    prose = "\n".join([text[span.start : span.end] for span in spans])
    return Prose(prose, spans, {kind: words for kind, words in left_out.items() if words})


def _runs_of_short_lines(text: str, blocks: Sequence[PlacedBlock]) -> Iterator[tuple[int, int]]:
    """Yield half-open ranges of neighbouring paragraphs of two or more short lines each: stanzas, or rows of data."""
    first = 0
    for place, block in enumerate(blocks):
        if block.kind == _PARAGRAPH and _has_short_lines(text, block):
            continue
        if place > first:
            yield first, place
        first = place + 1
    if len(blocks) > first:
        yield first, len(blocks)


def _has_short_lines(text: str, block: PlacedBlock) -> bool:
    if text.find("\n", block.start, block.end) < 0 and text.find("\r", block.start, block.end) < 0:
        return False
    lines = _LINE.findall(text, block.start, block.end)
    return len(lines) > 1 and max(map(len, lines)) <= _LONGEST_LINE


def _kind_of_lines(text: str, blocks: Sequence[PlacedBlock]) -> str:
    groups = [_LINE.findall(text, block.start, block.end) for block in blocks]
    lines = [line for group in groups for line in group]
    if sum(1 for line in lines if _ENTRY.match(line)) > len(lines) / 2:
        return DATA
    if len(lines) < _FEWEST_LINES:
        return _PARAGRAPH
    width = max(map(len, lines))
    breaks = [pair for group in groups for pair in pairwise(group)]
    early = sum(1 for line, following in breaks if _breaks_early(line, following, width))
    return VERSE if early >= _EARLY * len(breaks) else _PARAGRAPH


def _breaks_early(line: str, following: str, width: int) -> bool:
    word = following.split(maxsplit=1)[0] if following.strip() else ""
    return len(line.rstrip()) + 1 + len(word) < width and not _ENDED.search(line)
