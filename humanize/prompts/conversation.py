"""One stretch asked of a model: the prompts to send, and what of the answers may be used. No calls are made here.

asked = ask(document, …)          send asked.system and asked.prompt
draft = read(asked, raw)          raises BadAnswer; then send form_again(asked, reason), once
draft.failed                      send again(asked, draft), once, and merge(asked, draft, raw)
left(asked, draft)                may be asked of a better model: send rest(asked, draft), and merge(…, among=left)
kept = keep(asked, draft)         verified edits; what failed stays as it was, with a warning
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from humanize.options import RewriteOptions
from humanize.pipeline.verification import Kept, keep_verified
from humanize.prompts import render, sentence_checks
from humanize.prompts.answer import Change, read_answer
from humanize.prompts.changes import edits_for, reason_for
from humanize.prompts.fence import Nonce, key_for, random_nonce
from humanize.prompts.numbered_text import Sheet, Unit, make_sheet, without_stops
from humanize.prompts.placeholders import BrokenMarks, show
from humanize.prompts.render import ALONE, Surroundings
from humanize.prompts.version import PromptVersion, load
from humanize.text.edits import Edit
from humanize.text.segment import Document
from humanize.text.spans import Span
from humanize.text.verify import verify


@dataclass(frozen=True, slots=True)
class Asked:
    """`key` is the fence's. `prompt` is empty when no sentence may be edited: then there is nothing to ask."""

    document: Document
    protected: tuple[Span, ...]
    options: RewriteOptions
    sheet: Sheet
    key: str
    version: PromptVersion
    system: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Good:
    """A change that passed, as edits over the document; `answer` numbers the answer that it came from, from 0."""

    first: int
    last: int
    edits: tuple[Edit, ...]
    answer: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A change that may not be used, with what the model wrote and what is wrong with it."""

    first: int
    last: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Draft:
    good: tuple[Good, ...]
    failed: tuple[Failed, ...]

    @property
    def empty(self) -> bool:
        return not self.good and not self.failed


def ask(
    document: Document,
    protected: Sequence[Span],
    options: RewriteOptions,
    *,
    around: Surroundings = ALONE,
    nonce: Nonce = random_nonce,
    version: PromptVersion | None = None,
) -> Asked:
    used = version or load()
    shown = (document.text, around.before, around.after, str(around.style))
    examples = [text for one in around.examples for text in (one.before, one.after)]
    key = key_for((*shown, *examples), nonce)
    spans = without_stops(document, protected)
    sheet = make_sheet(document, spans, key[:3])
    prompt = render.first_prompt(sheet, around, key, options.language) if sheet.units else ""
    return Asked(document, spans, options, sheet, key, used, render.system_prompt(used, options), prompt)


def read(asked: Asked, raw: str, *, origin: str, answer: int = 0, cut: bool = False) -> Draft:
    """Raises BadAnswer when nothing of the answer can be used. `answer` is its number among the answers so far."""
    changes = read_answer(raw, asked=[unit.number for unit in asked.sheet.units], key=asked.key, cut=cut)
    return _verified(asked, _sorted_out(asked, changes, origin, answer=answer))


def form_again(asked: Asked, reason: str) -> str:
    return render.form_prompt(asked.version, asked.prompt, reason)


def again(asked: Asked, draft: Draft) -> str:
    """The prompt of the one retry, which names each failed check."""
    named = [(_unit(asked, one.first), one.text, one.why) for one in draft.failed]
    return render.retry_prompt(asked.version, asked.sheet, named, asked.key)


def left(asked: Asked, draft: Draft) -> tuple[int, ...]:
    """The numbers of the sentences that have no good change: they were left alone, or failed."""
    done = {number for one in draft.good for number in range(one.first, one.last + 1)}
    return tuple(unit.number for unit in asked.sheet.units if unit.number not in done)


def rest(asked: Asked, draft: Draft, around: Surroundings) -> str:
    """The prompt that asks for these alone, as if for the first time; empty when there are none."""
    units = tuple(_unit(asked, number) for number in left(asked, draft))
    if not units:
        return ""
    sheet = Sheet(units, asked.sheet.marks, tuple(unit.line for unit in units))
    return render.first_prompt(sheet, around, asked.key, asked.options.language)


def merge(
    asked: Asked,
    draft: Draft,
    raw: str,
    *,
    origin: str,
    answer: int = 1,
    cut: bool = False,
    among: Sequence[int] | None = None,
) -> Draft:
    """The draft with what another answer made good, of the failed or `among` these. Raises BadAnswer, and then the
    draft stands as it is."""
    failed_ones = [number for one in draft.failed for number in range(one.first, one.last + 1)]
    open_numbers = failed_ones if among is None else among
    changes = read_answer(raw, asked=open_numbers, key=asked.key, cut=cut)
    second = _sorted_out(asked, changes, origin, answer=answer)
    good = tuple(sorted((*draft.good, *second.good), key=lambda one: one.first))
    fixed = {number for one in second.good for number in range(one.first, one.last + 1)}
    failed = tuple(one for one in draft.failed if not fixed & set(range(one.first, one.last + 1)))
    return _verified(asked, Draft(good, failed))


def keep(asked: Asked, draft: Draft) -> Kept:
    """The edits that survive verification as a whole, with a warning for each change that was given up."""
    edits = tuple(edit for one in draft.good for edit in one.edits)
    kept = keep_verified(asked.document, edits, asked.protected, asked.options.language)
    dropped = tuple(f"A change was dropped near “{_excerpt(asked, one)}”: {one.why}" for one in draft.failed)
    return replace(kept, warnings=(*dropped, *kept.warnings))


def _sorted_out(asked: Asked, changes: Sequence[Change], origin: str, *, answer: int) -> Draft:
    good: list[Good] = []
    failed: list[Failed] = []
    for change in changes:
        first, last = _unit(asked, change.first), _unit(asked, change.last)
        before = asked.document.text[first.start : last.end]
        try:
            after = show(change.text, _marks(asked, change), asked.sheet.marks)
            why = "; ".join(_objections(asked, first, last, before, after))
        except BrokenMarks as error:
            after, why = change.text, str(error)
        if why:
            failed.append(Failed(change.first, change.last, change.text, why))
            continue
        reason = reason_for(change.code, before, after, asked.version.codes)
        edits = edits_for(asked.document.text, first.start, last.end, after, reason=reason, origin=origin)
        if edits:
            good.append(Good(change.first, change.last, edits, answer))
    return Draft(tuple(good), tuple(failed))


def _objections(asked: Asked, first: Unit, last: Unit, before: str, after: str) -> Iterator[str]:
    if first.block != last.block:
        yield "only sentences of one paragraph may be joined"
        return
    yield from sentence_checks.objections(" ".join(before.split()), after)


def _verified(asked: Asked, draft: Draft) -> Draft:
    """Each change alone against the verifier of the whole: what fails is named to the model."""
    good, failed = [], list(draft.failed)
    for one in draft.good:
        why = _failure(asked, one)
        if why:
            failed.append(Failed(one.first, one.last, _after(asked, one), why))
        else:
            good.append(one)
    return Draft(tuple(good), tuple(sorted(failed, key=lambda one: one.first)))


def _failure(asked: Asked, one: Good) -> str:
    first, last = _unit(asked, one.first), _unit(asked, one.last)
    lone, spans = _alone(asked, first.start, last.end)
    result = _after(asked, one)
    found = verify(lone, result, protected=spans, language=asked.options.language)
    return found[0].detail if found else ""


def _alone(asked: Asked, start: int, end: int) -> tuple[Document, tuple[Span, ...]]:
    """The sentences from start to end as a document of their own, so that a check does not cost the whole text."""
    block = asked.document.blocks[_unit_at(asked, start).block]
    inside = tuple(Span(s.start - start, s.end - start, s.kind) for s in block.sentences if start <= s.start < end)
    text = asked.document.text[start:end]
    spans = tuple(
        Span(s.start - start, s.end - start, s.kind) for s in asked.protected if s.start < end and s.end > start
    )
    return Document(text, asked.document.format, (replace(block, start=0, end=len(text), sentences=inside),)), spans


def _after(asked: Asked, one: Good) -> str:
    start, end = _unit(asked, one.first).start, _unit(asked, one.last).end
    text, at = "", start
    for edit in one.edits:
        text += asked.document.text[at : edit.start] + edit.after
        at = edit.end
    return text + asked.document.text[at:end]


def _unit(asked: Asked, number: int) -> Unit:
    return asked.sheet.units[number - 1]


def _unit_at(asked: Asked, start: int) -> Unit:
    found = asked.sheet.at(start)
    assert found is not None  # units start where their sentences do
    return found


def _marks(asked: Asked, change: Change) -> list[int]:
    return [mark for number in range(change.first, change.last + 1) for mark in _unit(asked, number).marks]


def _excerpt(asked: Asked, one: Failed) -> str:
    unit = _unit(asked, one.first)
    return " ".join(asked.document.text[unit.start : unit.end].split())[:60]
