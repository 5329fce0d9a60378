"""Pairs as prompts and answers: the prompts that serving sends, and the answers in the format that they require.

A model that was fine-tuned on these is served like any other language model (docs/training.md). Pure; no framework.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from humanize.options import RewriteOptions
from humanize.prompts import conversation
from humanize.prompts.fence import LETTERS, Nonce
from humanize.prompts.numbered_text import Unit
from humanize.prompts.placeholders import single_spaced
from humanize.prompts.question import Question
from humanize.text.align import align
from humanize.text.edits import TextEdit
from humanize.text.protect import protected_spans
from humanize.text.segment import SegmentedText, segment
from humanize.text.spans import Span
from training.trainers.language_model.recast_answer import answer_of

USUAL = 3
NOTHING = "NONE\nEND"
_STOPS = (".", "!", "?")


@dataclass(frozen=True, slots=True)
class TuningExample:
    """A prompt and the answer that the model should give."""

    system: str
    prompt: str
    answer: str


def tuning_example(draft: str, kept: str, strategy: str = "", level: int | None = None) -> TuningExample | None:
    """Return the example of a pair; None if nothing in the draft may be edited.

    At levels 4 and 5 the answer is by paragraphs. At the others, edits that cross the end of a sentence or overlap
    protected words are left out.
    """
    document = segment(draft, "text")
    options = RewriteOptions(level=level or USUAL, strategy=strategy or "auto", language="en", format="text")  # type: ignore[arg-type]  # a stored pair's
    question = question_of(document, protected_spans(document), options)
    if not question.prompt:
        return None
    if question.recasts:
        return TuningExample(question.system, question.prompt, answer_of(question, kept))
    edits = align(document.text, kept, reason="", origin="pair")
    lines = [line for unit in question.sheet.units for line in _line(question, unit, edits)]
    return TuningExample(question.system, question.prompt, "\n".join([*lines, "END"]) if lines else NOTHING)


def question_of(document: SegmentedText, protected: Sequence[Span], options: RewriteOptions) -> Question:
    """Return the question that serving asks, with a fence key computed from the text, so that it is always the same."""
    return conversation.write_question(document, protected, options, nonce=_nonce(document.text))


def _nonce(text: str) -> Nonce:
    chance = random.Random(zlib.crc32(text.encode("utf-8", "surrogatepass")))  # noqa: S311  # must be repeatable
    return lambda: "".join(chance.choice(LETTERS) for _ in range(12))


def _line(question: Question, unit: Unit, edits: Sequence[TextEdit]) -> Iterator[str]:
    source = question.document.text
    inside = [edit for edit in edits if unit.start <= edit.start and edit.end <= unit.end and edit.start < unit.end]
    spans = [span for span in question.protected if unit.start <= span.start and span.end <= unit.end]
    free = [edit for edit in inside if not any(edit.start < span.end and span.start < edit.end for span in spans)]
    if not free:
        return
    marked = ((s.start, s.end, question.sheet.marks.mark(n)) for s, n in zip(spans, unit.marks, strict=True))
    pieces = sorted([*((edit.start, edit.end, edit.after) for edit in free), *marked])
    parts, at = [], unit.start
    for start, end, after in pieces:
        parts += [source[at:start], after]
        at = end
    text = single_spaced("".join([*parts, source[at : unit.end]])).strip()
    if text:
        yield f"[{unit.number} {_code(source[unit.start : unit.end], text)}] {text}"


def _code(before: str, after: str) -> str:
    if sum(map(after.count, _STOPS)) > sum(map(before.count, _STOPS)):
        return "s"
    return "d" if len(after.split()) < len(before.split()) else "w"
