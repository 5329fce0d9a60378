"""A pair as what a model is asked and should answer: the prompts that serving sends, the answer in the form they want.

A model tuned on these is served like any other language model (docs/training.md). Pure; no framework.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from humanize.options import RewriteOptions
from humanize.prompts import conversation
from humanize.prompts.conversation import Question
from humanize.prompts.fence import LETTERS, Nonce
from humanize.prompts.numbered_text import Unit
from humanize.prompts.placeholders import single_spaced
from humanize.text.align import align
from humanize.text.edits import TextEdit
from humanize.text.protect import protected_spans
from humanize.text.segment import SegmentedText, segment
from humanize.text.spans import Span

USUAL = 3
NOTHING = "NONE\nEND"
_STOPS = (".", "!", "?")


@dataclass(frozen=True, slots=True)
class TuningExample:
    system: str
    prompt: str
    answer: str


def tuning_example(draft: str, kept: str, strategy: str = "", level: int | None = None) -> TuningExample | None:
    """None where nothing may be edited. Edits that reach over a sentence or into protected words are left out."""
    document = segment(draft, "text")
    options = RewriteOptions(level=level or USUAL, strategy=strategy or "auto", language="en", format="text")  # type: ignore[arg-type]  # a stored pair's
    asked = question_of(document, protected_spans(document), options)
    if not asked.prompt:
        return None
    edits = align(document.text, kept, reason="", origin="pair")
    lines = [line for unit in asked.sheet.units for line in _line(asked, unit, edits)]
    return TuningExample(asked.system, asked.prompt, "\n".join([*lines, "END"]) if lines else NOTHING)


def question_of(document: SegmentedText, protected: Sequence[Span], options: RewriteOptions) -> Question:
    """As serving asks, but for the fence, whose key comes from the text: the same question is asked twice alike."""
    return conversation.write_question(document, protected, options, nonce=_nonce(document.text))


def _nonce(text: str) -> Nonce:
    chance = random.Random(zlib.crc32(text.encode("utf-8", "surrogatepass")))  # noqa: S311  # no secret: it must come again
    return lambda: "".join(chance.choice(LETTERS) for _ in range(12))


def _line(asked: Question, unit: Unit, edits: Sequence[TextEdit]) -> Iterator[str]:
    mine = [one for one in edits if unit.start <= one.start and one.end <= unit.end and one.start < unit.end]
    spans = [span for span in asked.protected if unit.start <= span.start and span.end <= unit.end]
    free = [one for one in mine if not any(one.start < span.end and span.start < one.end for span in spans)]
    if not free:
        return
    marked = ((s.start, s.end, asked.sheet.marks.mark(n)) for s, n in zip(spans, unit.marks, strict=True))
    pieces = sorted([*((one.start, one.end, one.after) for one in free), *marked])
    parts, at = [], unit.start
    for start, end, after in pieces:
        parts += [asked.document.text[at:start], after]
        at = end
    text = single_spaced("".join([*parts, asked.document.text[at : unit.end]])).strip()
    if text:
        yield f"[{unit.number} {_code(asked.document.text[unit.start : unit.end], text)}] {text}"


def _code(before: str, after: str) -> str:
    if sum(map(after.count, _STOPS)) > sum(map(before.count, _STOPS)):
        return "s"
    return "d" if len(after.split()) < len(before.split()) else "w"
