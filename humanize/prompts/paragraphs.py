"""Turns a model's recast paragraphs into edits: small ones word by word, a paragraph written anew as one block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from humanize.facts.changes import compare
from humanize.facts.check import FREE_FROM, ease_moves, ease_names, whole_changes
from humanize.facts.findings import Answer, Verdict
from humanize.facts.provenance import Carried, check_carried
from humanize.pipeline.verification import Doubt, mark_edits
from humanize.prompts.paragraph_answer import CarriedLine, ParagraphChange
from humanize.prompts.placeholders import BrokenMarks, show, single_spaced
from humanize.prompts.question import CheckedChanges, FailedChange, PassedChange, Question
from humanize.prompts.sentence_checks import foreign_words
from humanize.text.align import align
from humanize.text.edits import TextEdit, shift
from humanize.text.line_ends import LINE_END, keep_line_ends
from humanize.text.segment import Block

_SHORTEST, _LONGEST, _SLACK = 0.35, 1.5, 8  # of the words of the original; the slack is in words
_PAIRED = ("**", "__", "`")
_MOST_REASONS = 3
_LEAST_TO_MOVE = 2  # paragraphs between which a fact can have moved


class _Unfit(ValueError):
    """A change that cannot be used; the message says why, to the model and to people."""


@dataclass(frozen=True, slots=True)
class _Place:
    """What a change replaces: `text[start:end]`, its blocks, and the numbers of its sentences."""

    start: int
    end: int
    blocks: tuple[Block, ...]
    numbers: tuple[int, ...]

    @property
    def is_one_paragraph(self) -> bool:
        return len(self.blocks) == 1


@dataclass(frozen=True, slots=True)
class _Recast:
    """The new text of a place, and which range of it carries which sentences."""

    text: str
    carried: tuple[Carried, ...]


@dataclass(frozen=True, slots=True)
class _Draft:
    """A recast paragraph that is right in form, with what the facts check says of it."""

    change: ParagraphChange
    place: _Place
    text: str
    verdict: Verdict


def edits_of_paragraphs(
    question: Question, changes: Sequence[ParagraphChange], origin: str, *, answer: int
) -> CheckedChanges:
    """Check each recast paragraph, and return the usable ones as edits and the others with reasons."""
    drafts: list[_Draft] = []
    good: list[PassedChange] = []
    failed: list[FailedChange] = []
    for change in changes:
        place = _place_of(question, change)
        try:
            drafts.append(_draft(question, change, place))
        except (_Unfit, BrokenMarks) as error:
            failed.append(FailedChange(place.numbers[0], place.numbers[-1], written(change), str(error)))
    for draft in _with_moves(question, drafts):
        numbers = draft.place.numbers
        refused = [one.detail for one in draft.verdict.findings if one.answer == Answer.REFUSED]
        if refused:
            reason = "; ".join(refused[:_MOST_REASONS])
            failed.append(FailedChange(numbers[0], numbers[-1], written(draft.change), reason))
        elif edits := _edits(question, draft, origin):
            good.append(PassedChange(numbers[0], numbers[-1], edits, answer, _doubt(question, draft)))
    return CheckedChanges(tuple(good), tuple(sorted(failed, key=lambda one: one.first)))


def _with_moves(question: Question, drafts: list[_Draft]) -> list[_Draft]:
    """A fact that left its paragraph and stands in another one of the answer is to be looked at, not refused."""
    if sum(draft.verdict.answer == Answer.REFUSED for draft in drafts) < _LEAST_TO_MOVE:
        return drafts
    text, after, at = question.document.text, "", 0
    for draft in sorted(drafts, key=lambda one: one.place.start):
        after += text[at : draft.place.start] + draft.text
        at = draft.place.end
    options = question.options
    whole = whole_changes(text, after + text[at:], language=options.language, protected=options.protected)
    return [
        replace(draft, verdict=ease_moves(draft.verdict, _source(question, draft), draft.text, whole))
        for draft in drafts
    ]


def _source(question: Question, draft: _Draft) -> str:
    return question.document.text[draft.place.start : draft.place.end]


def written(change: ParagraphChange) -> str:
    """Return a change in the form of an answer."""
    head = f"¶{change.first}" + (f"-{change.last}" if change.last > change.first else "")
    parts = ["\n".join(f"[{' '.join(map(str, line.numbers))}] {line.text}" for line in part) for part in change.lines]
    cuts = [f"cut [{number}] {why}".rstrip() for number, why in change.cuts.items()]
    return "\n".join((head, "\n/\n".join(parts), *cuts))


def _place_of(question: Question, change: ParagraphChange) -> _Place:
    chosen = question.sheet.blocks[change.first - 1 : change.last]
    blocks = tuple(question.document.blocks[number] for number in chosen)
    units = [unit for unit in question.sheet.units if chosen[0] <= unit.block <= chosen[-1]]
    numbers = tuple(unit.number for unit in units)
    if len(blocks) == 1:
        return _Place(units[0].start, units[-1].end, blocks, numbers)
    return _Place(blocks[0].start, blocks[-1].end, blocks, numbers)


def _draft(question: Question, change: ParagraphChange, place: _Place) -> _Draft:
    """Write a change out and check it by itself. Raises _Unfit and BrokenMarks."""
    _check_places(question, change, place)
    text = question.document.text
    recast = _recast(question, change, place)
    if not recast.text.strip():
        place = _with_gap(question, place)
    source = text[place.start : place.end]
    _check_form(source, recast.text)
    verdict = check_carried(
        source,
        recast.text,
        recast.carried,
        [_range(question, place, (number,)) for number in change.cuts],
        language=question.options.language,
        protected=question.options.protected,
    )
    if verdict.answer == Answer.REFUSED:
        verdict = ease_names(verdict, text, place.start, place.end)
    return _Draft(change, place, recast.text, verdict)


def _doubt(question: Question, draft: _Draft) -> Doubt | None:
    if draft.verdict.answer == Answer.KEPT:
        return None
    return Doubt(draft.place.start, draft.place.end, _source(question, draft), draft.text, draft.verdict)


def _check_places(question: Question, change: ParagraphChange, place: _Place) -> None:
    wanted, carried = set(place.numbers), set(change.numbers)
    if strange := sorted((carried | set(change.cuts)) - wanted):
        raise _Unfit(f"sentence {strange[0]} belongs to another paragraph")
    if lacking := sorted(wanted - carried - set(change.cuts)):
        raise _Unfit(f"sentence {lacking[0]} is neither carried nor cut")
    if both := sorted(carried & set(change.cuts)):
        raise _Unfit(f"sentence {both[0]} is carried and cut")
    blocks = question.document.blocks
    between = blocks[blocks.index(place.blocks[0]) : blocks.index(place.blocks[-1]) + 1]
    if any(block.kind not in {"blank", "paragraph", "list_item", "heading"} for block in between):
        raise _Unfit("what stands between these paragraphs cannot be joined with them")
    if place.is_one_paragraph and place.blocks[0].kind != "paragraph" and len(change.lines) > 1:
        raise _Unfit("a heading or a list item cannot become two paragraphs")


def _recast(question: Question, change: ParagraphChange, place: _Place) -> _Recast:
    lines = [(number, line) for number, part in enumerate(change.lines) for line in part]
    texts = [_kept(question, line) if line.text == "=" else line.text for _, line in lines]
    marks = [mark for number in dict.fromkeys(change.numbers) for mark in question.unit(number).marks]
    shown = show("\n".join(texts), marks, question.sheet.marks).split("\n") if texts else []
    gap = _paragraph_gap(question.document.text)
    text, part, carried = "", 0, list[Carried]()
    for (number, line), words in zip(lines, shown, strict=True):
        text += gap if text and number != part else " " if text else ""
        part = number
        sources = tuple(_range(question, place, (one,)) for one in line.numbers)
        carried.append(Carried(sources, (len(text), len(text) + len(words))))
        text += words
    return _Recast(text, tuple(carried))


def _kept(question: Question, line: CarriedLine) -> str:
    return " ".join(question.unit(number).line.split("] ", 1)[1] for number in line.numbers)


def _range(question: Question, place: _Place, numbers: Sequence[int]) -> tuple[int, int]:
    """Return the range of sentences in the place."""
    units = [question.unit(number) for number in numbers]
    return min(unit.start for unit in units) - place.start, max(unit.end for unit in units) - place.start


def _paragraph_gap(text: str) -> str:
    """Return a blank line in the text's own line ends."""
    found = LINE_END.search(text)
    return 2 * (found.group() if found else "\n")


def _with_gap(question: Question, place: _Place) -> _Place:
    """Return the place of a paragraph that goes as a whole, with the blank lines behind it, or before the last one."""
    blocks = [block for block in question.document.blocks if block.kind != "blank"]
    at, last = blocks.index(place.blocks[0]), blocks.index(place.blocks[-1])
    if last + 1 < len(blocks):
        return replace(place, start=place.blocks[0].start, end=blocks[last + 1].start)
    if at:
        return replace(place, start=blocks[at - 1].end, end=place.blocks[-1].end)
    raise _Unfit("nothing of the text would be left")


def _check_form(before: str, after: str) -> None:
    old, new = len(before.split()), len(after.split())
    if after and not _SHORTEST * old - _SLACK <= new <= _LONGEST * old + _SLACK:
        raise _Unfit(f"{old} words became {new}")
    for objection in foreign_words(before, after):
        raise _Unfit(objection)
    for mark in _PAIRED:
        if after.count(mark) % 2 > before.count(mark) % 2:
            raise _Unfit(f"the markup {mark} is open on one side")


def _reason(change: ParagraphChange, codes: Mapping[str, str]) -> str:
    known = [codes[code] for code in dict.fromkeys(change.codes) if code in codes][:_MOST_REASONS]
    return ". ".join(known) or codes["w"]


def _edits(question: Question, draft: _Draft, origin: str) -> tuple[TextEdit, ...]:
    """Return the edits of a draft, marked where they are to be looked at; none if it changes nothing."""
    text, place, after = question.document.text, draft.place, draft.text
    before = text[place.start : place.end]
    if single_spaced(before).strip() == single_spaced(after).strip():
        return ()
    reason = _reason(draft.change, question.version.codes)
    whole = TextEdit(place.start, place.end, before, after, reason, origin)
    if not after or not place.is_one_paragraph or LINE_END.search(after):
        return mark_edits(place.start, [whole], draft.verdict.findings)
    if compare(before, after).share < FREE_FROM and not LINE_END.search(before):
        found = align(before, after, reason=reason, origin=origin)
        return mark_edits(place.start, shift(found, place.start), draft.verdict.findings)
    return mark_edits(place.start, keep_line_ends(text, [whole]), draft.verdict.findings)
