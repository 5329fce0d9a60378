"""What the engine knows about the text around a match: sentence, block kind, register, what must stay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from humanize.options import Register
from humanize.text.segment import SegmentedText
from humanize.text.spans import Guard, Span

CONTRACTION = re.compile(
    r"\b(?:\w+n['’]t|(?:I|you|we|they|he|she|it|that|there)['’](?:s|re|ve|ll|d|m))\b", re.IGNORECASE
)
PERSONAL = re.compile(
    r"\b(?:I|I'm|I’m|[Mm]y|me|[Yy]ou|[Yy]our|[Hh]e|[Ss]he|[Hh]er|[Hh]is|[Hh]im|[Ll]et['’]s)\b|[!?]|\"\w|“"
)


LONGEST_SENTENCE = 5_000  # characters; more is no prose, and rules would only waste time on it


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence by its bounds; ``heading`` when its block is one, ``opens`` when it is the block's first."""

    start: int
    end: int
    heading: bool
    opens: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a rewrite of one document needs besides the rules."""

    text: str
    sentences: tuple[Sentence, ...]
    guard: Guard
    register: Register
    contracted: bool
    impersonal: bool


def build_context(document: SegmentedText, protected: Sequence[Span], register: Register) -> Context:
    sentences = tuple(
        Sentence(sentence.start, sentence.end, block.kind == "heading", index == 0)
        for block in document.blocks
        if block.editable
        for index, sentence in enumerate(block.sentences)
        if sentence.end - sentence.start <= LONGEST_SENTENCE
    )
    return Context(
        document.text,
        sentences,
        Guard(protected),
        register,
        CONTRACTION.search(document.text) is not None,
        PERSONAL.search(document.text) is None,
    )
