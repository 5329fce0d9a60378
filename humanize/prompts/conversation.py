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
from dataclasses import replace

from humanize.options import RewriteOptions
from humanize.pipeline.verification import VerifiedEdits, keep_verified
from humanize.prompts import render, sentence_checks
from humanize.prompts.answer import Change, UnusableAnswer, read_answer
from humanize.prompts.changes import edits_for, reason_for
from humanize.prompts.fence import Nonce, key_for, random_nonce
from humanize.prompts.numbered_text import Sheet, Unit, make_paragraph_sheet, make_sheet, without_stops
from humanize.prompts.paragraph_answer import read_paragraphs
from humanize.prompts.paragraphs import edits_of_paragraphs
from humanize.prompts.placeholders import BrokenMarks, show, single_spaced
from humanize.prompts.question import CheckedChanges, FailedChange, PassedChange, Question
from humanize.prompts.render import ALONE, Surroundings
from humanize.prompts.version import PromptVersion, load
from humanize.text.segment import SegmentedText
from humanize.text.spans import Span, SpanIndex
from humanize.text.verify import verify

RECAST_FROM = 4  # the level from which paragraphs are written anew
# Hidden when a paragraph is recast. A model has to see names and numbers to write about them; the facts are checked.
_HIDDEN = frozenset({"code", "html", "link_target", "url", "email", "placeholder", "user"})


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
    if used.paragraphs and is_recast(options):
        hidden = [span for span in spans if span.kind in _HIDDEN]
        sheet = make_paragraph_sheet(document, hidden, key[:3])
        system = render.system_prompt(used.paragraphs, options)
        prompt = render.paragraph_prompt(used.paragraphs, document, sheet, around, key) if sheet.units else ""
        return Question(document, spans, options, sheet, key, used, system, prompt)
    sheet = make_sheet(document, spans, key[:3])
    prompt = render.first_prompt(sheet, around, key, options.language) if sheet.units else ""
    return Question(document, spans, options, sheet, key, used, render.system_prompt(used, options), prompt)


def is_recast(options: RewriteOptions) -> bool:
    """Return whether paragraphs are written anew: in English only, whose facts can be checked."""
    return options.level >= RECAST_FROM and options.language.startswith("en")


def read_draft(question: Question, raw: str, *, origin: str, answer: int = 0, cut: bool = False) -> CheckedChanges:
    """Read the first answer. `answer` is its number among the answers so far, from 0.

    Raises UnusableAnswer if nothing in the answer can be used.
    """
    if question.recasts:
        recast = read_paragraphs(raw, most=len(question.sheet.blocks), key=question.key, cut=cut)
        return edits_of_paragraphs(question, recast, origin, answer=answer)
    changes = read_answer(raw, allowed=[unit.number for unit in question.sheet.units], key=question.key, cut=cut)
    return _verify_changes(question, _sort_changes(question, changes, origin, answer=answer))


def reformat_prompt(question: Question, reason: str) -> str:
    """Return the prompt after an answer that could not be read for this reason."""
    return render.form_prompt(question.prompts, question.prompt, reason)


def retry_prompt(question: Question, draft: CheckedChanges) -> str:
    """Return the prompt of the one retry, which names each failed check."""
    if question.recasts:
        failed = [(one.first, one.text, one.reason) for one in draft.failures]
        return render.paragraph_retry_prompt(question.prompts, question.sheet, failed, question.key)
    named = [(question.unit(one.first), one.text, one.reason) for one in draft.failures]
    return render.retry_prompt(question.prompts, question.sheet, named, question.key)


def unchanged_numbers(question: Question, draft: CheckedChanges) -> tuple[int, ...]:
    """Return the numbers of the sentences without a usable change: unchanged or failed."""
    done = {number for one in draft.changes for number in range(one.first, one.last + 1)}
    return tuple(unit.number for unit in question.sheet.units if unit.number not in done)


def remaining_prompt(question: Question, draft: CheckedChanges, around: Surroundings) -> str:
    """Return a first prompt about the sentences of `unchanged_numbers` only; empty if there are none.

    Empty for recast paragraphs too: one that a model left as it is has nothing that another would have to mend.
    """
    if question.recasts:
        return ""
    units = tuple(question.unit(number) for number in unchanged_numbers(question, draft))
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
    if question.recasts:
        second = _failed_paragraphs(question, raw, open_numbers, origin, answer=answer, cut=cut)
    else:
        changes = read_answer(raw, allowed=open_numbers, key=question.key, cut=cut)
        second = _sort_changes(question, changes, origin, answer=answer)
    good = tuple(sorted((*draft.changes, *second.changes), key=lambda one: one.first))
    fixed = {number for one in second.changes for number in range(one.first, one.last + 1)}
    failed = tuple(one for one in draft.failures if not fixed & set(range(one.first, one.last + 1)))
    merged = CheckedChanges(good, failed)
    return merged if question.recasts else _verify_changes(question, merged)


def _failed_paragraphs(
    question: Question, raw: str, numbers: Sequence[int], origin: str, *, answer: int, cut: bool
) -> CheckedChanges:
    """Read an answer that may recast the paragraphs of these sentences only. Raises UnusableAnswer."""
    recast = read_paragraphs(raw, most=len(question.sheet.blocks), key=question.key, cut=cut)
    wanted = {question.unit(number).block for number in numbers}
    for change in recast:
        if not wanted.issuperset(question.sheet.blocks[change.first - 1 : change.last]):
            raise UnusableAnswer("unknown_number", f"¶{change.first} was not to be changed again")
    return edits_of_paragraphs(question, recast, origin, answer=answer)


def verify_draft(question: Question, draft: CheckedChanges) -> VerifiedEdits:
    """Return the edits that pass verification of the whole text, with a warning for each change that was dropped."""
    edits = tuple(edit for one in draft.changes for edit in one.edits)
    kept = keep_verified(
        question.document,
        edits,
        question.protected,
        question.options.language,
        phrases=question.options.protected,
        recast=question.recasts,
        checked=question.recasts,  # by what each line carries
    )
    if question.recasts:
        looks = [edit.start for edit in kept.edits if edit.look]
        found = [one.doubt for one in draft.changes if one.doubt]
        left = tuple(one for one in found if any(one.start <= at <= one.end for at in looks))
        kept = replace(kept, doubts=left)
    dropped = tuple(f"A change was dropped near “{_excerpt(question, one)}”: {one.reason}" for one in draft.failures)
    return replace(kept, warnings=(*dropped, *kept.warnings))


def _sort_changes(question: Question, changes: Sequence[Change], origin: str, *, answer: int) -> CheckedChanges:
    good: list[PassedChange] = []
    failed: list[FailedChange] = []
    for change in changes:
        first, last = question.unit(change.first), question.unit(change.last)
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
    document, options = question.document, question.options
    yield from sentence_checks.changed_facts(
        document.text,
        document.blocks[first.block],
        first.start,
        last.end,
        after,
        language=options.language,
        phrases=options.protected,
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
    first, last = question.unit(one.first), question.unit(one.last)
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
    start, end = question.unit(one.first).start, question.unit(one.last).end
    text, at = "", start
    for edit in one.edits:
        text += question.document.text[at : edit.start] + edit.after
        at = edit.end
    return text + question.document.text[at:end]


def _unit_at(question: Question, start: int) -> Unit:
    found = question.sheet.at(start)
    assert found is not None  # every unit starts where a sentence starts
    return found


def _marks(question: Question, change: Change) -> list[int]:
    return [mark for number in range(change.first, change.last + 1) for mark in question.unit(number).marks]


def _excerpt(question: Question, one: FailedChange) -> str:
    unit = question.unit(one.first)
    return " ".join(question.document.text[unit.start : unit.end].split())[:60]
