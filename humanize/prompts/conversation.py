"""The conversation with a model about one stretch: the prompts to send, and the usable parts of the answers.

No calls are made here. The caller sends the prompts, in this order:

write_question(document, …)    gives a question; send question.system and question.prompt
read_draft(question, raw)      gives a draft; after UnusableAnswer send reformat_prompt(question, reason), once
draft.failures                 send retry_prompt(question, draft), once, then merge_answer(question, draft, raw)
unchanged_numbers(…)           a better model may be asked: remaining_prompt(…), then merge_answer(…, among=numbers)
verify_draft(question, draft)  gives the verified edits; failed sentences stay unchanged, with a warning
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from humanize.options import RewriteOptions
from humanize.pipeline.verification import VerifiedEdits, keep_verified
from humanize.prompts import render, sentence_checks
from humanize.prompts.answer import Change, read_answer
from humanize.prompts.changes import edits_for, reason_for
from humanize.prompts.fence import Nonce, key_for, random_nonce
from humanize.prompts.numbered_text import Sheet, Unit, make_sheet, without_stops
from humanize.prompts.placeholders import BrokenMarks, show, single_spaced
from humanize.prompts.render import ALONE, Surroundings
from humanize.prompts.version import PromptVersion, load
from humanize.text.edits import TextEdit
from humanize.text.segment import SegmentedText
from humanize.text.spans import Span, SpanIndex
from humanize.text.verify import verify


@dataclass(frozen=True, slots=True)
class Question:
    """The first question about a document. `key` is the key of its fence.

    `prompt` is empty if no sentence may be edited, in which case nothing is asked.
    """

    document: SegmentedText
    protected: tuple[Span, ...]
    options: RewriteOptions
    sheet: Sheet
    key: str
    version: PromptVersion
    system: str
    prompt: str


@dataclass(frozen=True, slots=True)
class PassedChange:
    """A change that passed the checks, as edits of the document. `answer` is the number of its answer, from 0."""

    first: int
    last: int
    edits: tuple[TextEdit, ...]
    answer: int


@dataclass(frozen=True, slots=True)
class FailedChange:
    """A change that failed the checks, with the model's text and the reason."""

    first: int
    last: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckedChanges:
    """The changes so far that passed the checks, and those that failed."""

    changes: tuple[PassedChange, ...]
    failures: tuple[FailedChange, ...]


def write_question(
    document: SegmentedText,
    protected: Sequence[Span],
    options: RewriteOptions,
    *,
    around: Surroundings = ALONE,
    nonce: Nonce = random_nonce,
    version: PromptVersion | None = None,
) -> Question:
    """Write the first question about a document. `version` is the prompt version, the current one by default."""
    used = version or load()
    shown = (document.text, around.before, around.after, str(around.style))
    examples = [text for one in around.examples for text in (one.before, one.after)]
    key = key_for((*shown, *examples), nonce)
    spans = without_stops(document, protected)
    sheet = make_sheet(document, spans, key[:3])
    prompt = render.first_prompt(sheet, around, key, options.language) if sheet.units else ""
    return Question(document, spans, options, sheet, key, used, render.system_prompt(used, options), prompt)


def read_draft(question: Question, raw: str, *, origin: str, answer: int = 0, cut: bool = False) -> CheckedChanges:
    """Read the first answer. `answer` is its number among the answers so far, from 0.

    Raises UnusableAnswer if nothing in the answer can be used.
    """
    changes = read_answer(raw, allowed=[unit.number for unit in question.sheet.units], key=question.key, cut=cut)
    return _verify_changes(question, _sort_changes(question, changes, origin, answer=answer))


def reformat_prompt(question: Question, reason: str) -> str:
    """Return the prompt after an answer that could not be read for this reason."""
    return render.form_prompt(question.version, question.prompt, reason)


def retry_prompt(question: Question, draft: CheckedChanges) -> str:
    """Return the prompt of the one retry, which names each failed check."""
    named = [(_unit(question, one.first), one.text, one.reason) for one in draft.failures]
    return render.retry_prompt(question.version, question.sheet, named, question.key)


def unchanged_numbers(question: Question, draft: CheckedChanges) -> tuple[int, ...]:
    """Return the numbers of the sentences without a usable change: unchanged or failed."""
    done = {number for one in draft.changes for number in range(one.first, one.last + 1)}
    return tuple(unit.number for unit in question.sheet.units if unit.number not in done)


def remaining_prompt(question: Question, draft: CheckedChanges, around: Surroundings) -> str:
    """Return a first prompt about the sentences of `unchanged_numbers` only; empty if there are none."""
    units = tuple(_unit(question, number) for number in unchanged_numbers(question, draft))
    if not units:
        return ""
    sheet = Sheet(units, question.sheet.marks, tuple(unit.line for unit in units))
    return render.first_prompt(sheet, around, question.key, question.options.language)


def merge_answer(
    question: Question,
    draft: CheckedChanges,
    raw: str,
    *,
    origin: str,
    answer: int = 1,
    cut: bool = False,
    among: Sequence[int] | None = None,
) -> CheckedChanges:
    """Return the draft with the usable changes of another answer, to failed sentences or, if given, those in `among`.

    Raises UnusableAnswer; the draft then remains valid.
    """
    failed_ones = [number for one in draft.failures for number in range(one.first, one.last + 1)]
    open_numbers = failed_ones if among is None else among
    changes = read_answer(raw, allowed=open_numbers, key=question.key, cut=cut)
    second = _sort_changes(question, changes, origin, answer=answer)
    good = tuple(sorted((*draft.changes, *second.changes), key=lambda one: one.first))
    fixed = {number for one in second.changes for number in range(one.first, one.last + 1)}
    failed = tuple(one for one in draft.failures if not fixed & set(range(one.first, one.last + 1)))
    return _verify_changes(question, CheckedChanges(good, failed))


def verify_draft(question: Question, draft: CheckedChanges) -> VerifiedEdits:
    """Return the edits that pass verification of the whole text, with a warning for each change that was dropped."""
    edits = tuple(edit for one in draft.changes for edit in one.edits)
    kept = keep_verified(
        question.document,
        edits,
        question.protected,
        question.options.language,
        phrases=question.options.protected,
    )
    dropped = tuple(f"A change was dropped near “{_excerpt(question, one)}”: {one.reason}" for one in draft.failures)
    return replace(kept, warnings=(*dropped, *kept.warnings))


def _sort_changes(question: Question, changes: Sequence[Change], origin: str, *, answer: int) -> CheckedChanges:
    good: list[PassedChange] = []
    failed: list[FailedChange] = []
    for change in changes:
        first, last = _unit(question, change.first), _unit(question, change.last)
        before = question.document.text[first.start : last.end]
        try:
            after = show(change.text, _marks(question, change), question.sheet.marks)
            why = "; ".join(_objections(question, first, last, before, after))
        except BrokenMarks as error:
            after, why = change.text, str(error)
        if why:
            failed.append(FailedChange(change.first, change.last, change.text, why))
            continue
        reason = reason_for(change.code, before, after, question.version.codes)
        edits = edits_for(question.document.text, first.start, last.end, after, reason=reason, origin=origin)
        if edits:
            good.append(PassedChange(change.first, change.last, edits, answer))
    return CheckedChanges(tuple(good), tuple(failed))


def _objections(question: Question, first: Unit, last: Unit, before: str, after: str) -> Iterator[str]:
    if first.block != last.block:
        yield "only sentences of one paragraph may be joined"
        return
    yield from sentence_checks.objections(single_spaced(before).strip(), after)
    block, text = question.document.blocks[first.block], question.document.text
    yield from sentence_checks.changed_facts(
        before,
        after,
        lead=text[block.start : first.start],
        tail=text[last.end : block.end],
        language=question.options.language,
        phrases=question.options.protected,
    )


def _verify_changes(question: Question, draft: CheckedChanges) -> CheckedChanges:
    """Verify each change on its own, so that the model can be told which ones fail."""
    good, failed = [], list(draft.failures)
    protected = SpanIndex(question.protected)
    for one in draft.changes:
        why = _failure(question, one, protected)
        if why:
            failed.append(FailedChange(one.first, one.last, _after(question, one), why))
        else:
            good.append(one)
    return CheckedChanges(tuple(good), tuple(sorted(failed, key=lambda one: one.first)))


def _failure(question: Question, one: PassedChange, protected: SpanIndex) -> str:
    first, last = _unit(question, one.first), _unit(question, one.last)
    lone, spans = _alone(question, protected, first.start, last.end)
    result = _after(question, one)
    found = verify(lone, result, protected=spans, language=question.options.language)
    return found[0].detail if found else ""


def _alone(question: Question, protected: SpanIndex, start: int, end: int) -> tuple[SegmentedText, tuple[Span, ...]]:
    """Return the sentences from start to end as a separate document, so that a check need not read the whole text."""
    block = question.document.blocks[_unit_at(question, start).block]
    first, behind = (bisect_left(block.sentences, at, key=lambda one: one.start) for at in (start, end))
    inside = tuple(Span(s.start - start, s.end - start, s.kind) for s in block.sentences[first:behind])
    text = question.document.text[start:end]
    spans = tuple(Span(s.start - start, s.end - start, s.kind) for _, s in protected.touching(start, end))
    return SegmentedText(
        text, question.document.format, (replace(block, start=0, end=len(text), sentences=inside),)
    ), spans


def _after(question: Question, one: PassedChange) -> str:
    start, end = _unit(question, one.first).start, _unit(question, one.last).end
    text, at = "", start
    for edit in one.edits:
        text += question.document.text[at : edit.start] + edit.after
        at = edit.end
    return text + question.document.text[at:end]


def _unit(question: Question, number: int) -> Unit:
    return question.sheet.units[number - 1]


def _unit_at(question: Question, start: int) -> Unit:
    found = question.sheet.at(start)
    assert found is not None  # every unit starts where a sentence starts
    return found


def _marks(question: Question, change: Change) -> list[int]:
    return [mark for number in range(change.first, change.last + 1) for mark in _unit(question, number).marks]


def _excerpt(question: Question, one: FailedChange) -> str:
    unit = _unit(question, one.first)
    return " ".join(question.document.text[unit.start : unit.end].split())[:60]
