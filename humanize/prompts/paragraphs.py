"""Turns a model's recast paragraphs into edits: small ones word by word, a paragraph written anew as one block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from humanize.facts.changes import compare
from humanize.facts.check import FREE_FROM, ease_names
from humanize.facts.findings import Answer, Verdict
from humanize.facts.provenance import Carried, check_carried
from humanize.pipeline.verification import Doubt, blamed_edits, sentence_of
from humanize.prompts.paragraph_answer import CarriedLine, ParagraphChange
from humanize.prompts.placeholders import BrokenMarks, show, single_spaced
from humanize.prompts.question import CheckedChanges, FailedChange, PassedChange, Question
from humanize.prompts.sentence_checks import foreign_words
from humanize.text.align import align
from humanize.text.edits import TextEdit
from humanize.text.line_ends import LINE_END, keep_line_ends
from humanize.text.segment import Block

_SHORTEST, _LONGEST, _SLACK = 0.35, 1.5, 8  # of the words of the original; the slack is in words
_PAIRED = ("**", "__", "`")
_MOST_REASONS = 3


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


def edits_of_paragraphs(
    question: Question, changes: Sequence[ParagraphChange], origin: str, *, answer: int
) -> CheckedChanges:
    """Check each recast paragraph on its own, and return the usable ones as edits and the others with reasons."""
    good: list[PassedChange] = []
    failed: list[FailedChange] = []
    for change in changes:
        place = _place_of(question, change)
        numbers = place.numbers
        try:
            passed = _passed(question, change, place, origin)
        except (_Unfit, BrokenMarks) as error:
            failed.append(FailedChange(numbers[0], numbers[-1], written(change), str(error)))
            continue
        if passed[0]:
            good.append(PassedChange(numbers[0], numbers[-1], passed[0], answer, passed[1]))
    return CheckedChanges(tuple(good), tuple(failed))


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


def _passed(
    question: Question, change: ParagraphChange, place: _Place, origin: str
) -> tuple[tuple[TextEdit, ...], Doubt | None]:
    """Return the edits and the doubt about them. Raises _Unfit and BrokenMarks."""
    _check_places(question, change, place)
    text = question.document.text
    recast = _recast(question, change, place)
    if not recast.text.strip():
        place = _with_gap(question, place)
    source = text[place.start : place.end]
    if single_spaced(source).strip() == single_spaced(recast.text).strip():
        return (), None
    _check_form(source, recast.text, question.options.level)
    verdict = check_carried(
        source,
        recast.text,
        recast.carried,
        [_range(question, place, (number,)) for number in change.cuts],
        language=question.options.language,
        protected=question.options.protected,
    )
    if verdict.answer == Answer.REFUSED:
        verdict = ease_names(verdict, source, f"{text[: place.start]}\n{text[place.end :]}")
    refused = [one.detail for one in verdict.findings if one.answer == Answer.REFUSED]
    if refused:
        raise _Unfit("; ".join(refused[:_MOST_REASONS]))
    reason = _reason(change, question.version.codes)
    edits = _marked(_edits(text, place, recast.text, reason, origin), place, verdict)
    if not edits or verdict.answer == Answer.KEPT:
        return edits, None
    return edits, Doubt(place.start, place.end, source, recast.text, verdict)


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


def _check_form(before: str, after: str, level: int) -> None:
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


def _edits(text: str, place: _Place, after: str, reason: str, origin: str) -> tuple[TextEdit, ...]:
    before = text[place.start : place.end]
    if place.is_one_paragraph and after and compare(before, after).share < FREE_FROM and not LINE_END.search(before):
        found = align(before, after, reason=reason, origin=origin)
        return tuple(replace(edit, start=edit.start + place.start, end=edit.end + place.start) for edit in found)
    whole = TextEdit(place.start, place.end, before, after, reason, origin)
    has_breaks = LINE_END.search(after) is not None
    return (whole,) if has_breaks or not place.is_one_paragraph or not after else keep_line_ends(text, [whole])


def _marked(edits: tuple[TextEdit, ...], place: _Place, verdict: Verdict) -> tuple[TextEdit, ...]:
    looks: dict[TextEdit, list[str]] = {}
    for finding in verdict.findings:
        for edit in blamed_edits(place.start, edits, finding):
            looks.setdefault(edit, []).append(finding.detail)
    return tuple(
        replace(edit, look=sentence_of("; ".join(dict.fromkeys(looks[edit][:_MOST_REASONS]))))
        if edit in looks
        else edit
        for edit in edits
    )
