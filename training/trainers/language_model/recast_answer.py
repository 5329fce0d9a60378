"""The answer that gives a known rewrite of a text: each line names the sentences that it carries.

Lines and sentences are paired by the content words that they share; a sentence without a line is named as cut. Pairs of
drafts and kept texts become tuning examples of paragraphs so, and recorded rewrites become answers.
"""

from __future__ import annotations

from collections.abc import Sequence

from humanize.facts.changes import telling_words
from humanize.facts.paragraphs import groups
from humanize.facts.stems import stems_of
from humanize.prompts.numbered_text import Unit
from humanize.prompts.question import Question
from humanize.text.segment import SegmentedText, segment

_LEAST = 0.25  # of the content words of a sentence that a line must share to carry it


def answer_of(question: Question, rewrite: str) -> str:
    """Return the answer that gives this rewrite of the whole document."""
    document = question.document
    after = segment(rewrite, document.format)
    parts = []
    for group in groups(document, after):
        inside = [
            number
            for number, at in enumerate(question.sheet.blocks, 1)
            if group.source[0] <= document.blocks[at].start < group.source[1]
        ]
        if inside and document.text[slice(*group.source)] != rewrite[slice(*group.rewrite)]:
            parts.append(_paragraph(question, inside, after, group.rewrite))
    return "\n".join((*parts, "END")) if parts else "NONE\nEND"


def _paragraph(question: Question, inside: Sequence[int], after: SegmentedText, place: tuple[int, int]) -> str:
    blocks = {question.sheet.blocks[number - 1] for number in inside}
    units = [unit for unit in question.sheet.units if unit.block in blocks]
    head = f"¶{inside[0]} w" if len(inside) == 1 else f"¶{inside[0]}-{inside[-1]} w"
    lines: list[str] = []
    texts: list[list[str]] = []
    for block in after.blocks:
        if block.kind != "blank" and place[0] <= block.start < place[1]:
            found = [" ".join(after.text[one.start : one.end].split()) for one in block.sentences]
            texts.append(found or [" ".join(after.text[block.start : block.end].split())])
    carried = _pairs(question, units, [text for part in texts for text in part])
    at = 0
    for number, part in enumerate(texts):
        lines += ["/"] if number else []
        for text in part:
            lines.append(f"[{' '.join(map(str, carried[at]))}] {_hidden(question, text)}")
            at += 1
    lost = {unit.number for unit in units} - {number for one in carried for number in one}
    return "\n".join((head, *lines, *(f"cut [{number}] left out" for number in sorted(lost))))


def _pairs(question: Question, units: Sequence[Unit], lines: Sequence[str]) -> list[list[int]]:
    """Return for each line the numbers of the sentences that it carries, at least one."""
    said = [stems_of(telling_words(question.document.text[unit.start : unit.end])) for unit in units]
    written = [stems_of(telling_words(line)) for line in lines]
    found: list[set[int]] = [set() for _ in lines]
    for unit, stems in zip(units, said, strict=True):
        shares = [len(stems & other) / max(1, len(stems)) for other in written]
        if shares and max(shares) >= _LEAST:
            best = max(shares)
            for at, share in enumerate(shares):
                if share >= max(_LEAST, 0.8 * best):
                    found[at].add(unit.number)
    for at, numbers in enumerate(found):
        if not numbers:  # the sentence most like it, or the next one
            shares = [len(stems & written[at]) for stems in said]
            numbers.add(units[max(range(len(units)), key=lambda place: shares[place])].number)
    return [sorted(numbers) for numbers in found]


def _hidden(question: Question, text: str) -> str:
    """Return the line with marks in place of what is hidden from the model."""
    marks = question.sheet.marks
    for number, original in enumerate(marks.originals, 1):
        text = text.replace(original, marks.mark(number))
    return text
