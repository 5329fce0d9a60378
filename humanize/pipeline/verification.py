"""Verifies a rewrite: drops what is wrong in form or changes a fact, and marks what its writer has to look at.

An edit of a sentence that fails a check of form is dropped, until the whole text passes. Then the facts of each changed
paragraph are checked: an edit that changes a fact of a closed kind is dropped, and one that only a reader can judge is
marked. Pure: no Django.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TypeVar

from humanize.facts.check import compare_paragraphs, ease_names, turns_nothing
from humanize.facts.findings import Answer, Finding, Verdict, verdict_of
from humanize.facts.marked import TURNS
from humanize.text.edits import TextEdit, apply, shift, sure
from humanize.text.line_ends import PARAGRAPH_BREAK, keep_line_ends
from humanize.text.segment import Block, SegmentedText
from humanize.text.spans import Span
from humanize.text.verify import Failure, verify

Piece = TypeVar("Piece", Block, Span)
_ROUNDS = 4
_MOST_DETAILS = 3  # of an edit to be looked at


@dataclass(frozen=True, slots=True)
class Doubt:
    """A changed stretch whose facts only a reader can judge: its range in the document, both sides, and the verdict.

    `rewrite` has all edits of the stretch applied, also those to be looked at.
    """

    start: int
    end: int
    source: str
    rewrite: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class VerifiedEdits:
    """The edits that passed, with those to be looked at, and the text that the others give.

    `warnings` has a sentence for each place whose edits were dropped; `doubts` are the stretches with edits to be
    looked at, in order.
    """

    edits: tuple[TextEdit, ...]
    result: str
    warnings: tuple[str, ...]
    doubts: tuple[Doubt, ...] = ()


def keep_verified(
    document: SegmentedText,
    edits: Sequence[TextEdit],
    protected: Sequence[Span],
    language: str,
    *,
    phrases: Sequence[str] = (),
    reviewed: bool = False,
    recast: bool = False,
    checked: bool = False,
) -> VerifiedEdits:
    """Return the edits that pass verification and keep the line ends; in the worst case none: the source as it is.

    `phrases` are the writer's own protected phrases. `reviewed` says that people have read every change of words that
    the engine can make, so that only facts of closed kinds are checked; `recast`, that paragraphs may be written anew;
    `checked`, that the facts of the edits were compared before, so that only their form is checked.
    """
    kept, warnings = _well_formed(document, edits, protected, language, recast=recast)
    if checked:
        return VerifiedEdits(kept, apply(document.text, sure(kept)), tuple(dict.fromkeys(warnings)))
    left: list[TextEdit] = []
    doubts: list[Doubt] = []
    for start, end, inside in _runs(_prose(document), kept):
        stretch = _Stretch(document, start, end, language, tuple(phrases), reviewed)
        if reviewed and stretch.is_kept_by_sentences(inside):
            left += inside
            continue
        good, doubt, dropped = _check_facts(stretch, inside)
        left += good
        doubts += [doubt] if doubt else []
        warnings += [_dropped(document.text, edit, finding) for edit, finding in dropped]
    if len(left) < len(kept):  # what is left of a sentence may be wrong in form
        left = list(_well_formed(document, left, protected, language, recast=recast)[0])
        doubts = [doubt for doubt in doubts if any(doubt.start <= edit.start <= doubt.end for edit in left)]
    found = tuple(left)
    return VerifiedEdits(found, apply(document.text, sure(found)), tuple(dict.fromkeys(warnings)), tuple(doubts))


def settle_doubts(document: SegmentedText, verified: VerifiedEdits, verdicts: Sequence[Verdict]) -> VerifiedEdits:
    """Return the edits after another reading; `verdicts` has one for each of `verified.doubts`, in order.

    In a stretch that is kept no edit need be looked at any more. In another one only those behind the findings do.
    """
    edits = list(verified.edits)
    left: list[Doubt] = []
    for doubt, verdict in zip(verified.doubts, verdicts, strict=True):
        inside = [at for at, edit in enumerate(edits) if doubt.start <= edit.start <= doubt.end]
        here = mark_edits(doubt.start, [replace(edits[at], look="") for at in inside], verdict.findings)
        for at, edit in zip(inside, here, strict=True):
            edits[at] = edit
        if verdict.answer != Answer.KEPT:
            left.append(replace(doubt, verdict=verdict))
    found = tuple(edits)
    return VerifiedEdits(found, apply(document.text, sure(found)), verified.warnings, tuple(left))


def _well_formed(
    document: SegmentedText, edits: Sequence[TextEdit], protected: Sequence[Span], language: str, *, recast: bool
) -> tuple[tuple[TextEdit, ...], list[str]]:
    """Return the edits that keep the line ends and pass the checks of form together, and warnings for the others."""
    kept = _with_line_ends(document, edits, recast=recast)
    warnings: list[str] = []
    sentences = document.sentences
    for _ in range(_ROUNDS):
        if not kept:
            break
        result = apply(document.text, kept)
        failures = verify(document, result, protected=protected, language=language, edits=kept, recast=recast)
        if not failures:
            return kept, warnings
        rest = _without(kept, failures, sentences)
        # One warning per sentence, since a lost number fails several checks at once.
        warnings += [_warning(failure) for failure in {one.sentence: one for one in reversed(failures)}.values()]
        kept = rest if len(rest) < len(kept) else ()
    return (), warnings


def _with_line_ends(document: SegmentedText, edits: Sequence[TextEdit], *, recast: bool) -> tuple[TextEdit, ...]:
    """As `keep_line_ends`, but whole paragraphs may be left out, and in a recast be joined or divided."""
    blocks = _prose(document)
    free: list[TextEdit] = []
    others: list[TextEdit] = []
    for edit in edits:
        (free if _may_change_line_ends(blocks, edit, recast=recast) else others).append(edit)
    rest = keep_line_ends(document.text, others)
    return tuple(sorted((*free, *rest), key=lambda edit: (edit.start, edit.end)))


def _may_change_line_ends(blocks: Sequence[Block], edit: TextEdit, *, recast: bool) -> bool:
    if edit.after and not recast:
        return False
    inside = [block for block in _touched(blocks, edit) if block.start < edit.end and edit.start < block.end]
    if not inside or not all(_covers(edit, block) for block in inside):
        return False
    return not edit.after or len(inside) > 1 or PARAGRAPH_BREAK.search(edit.after) is not None


def _covers(edit: TextEdit, block: Block) -> bool:
    """Whether the edit replaces all sentences of the block."""
    return bool(block.sentences) and edit.start <= block.sentences[0].start and block.sentences[-1].end <= edit.end


def _without(
    edits: tuple[TextEdit, ...], failures: Sequence[Failure], sentences: Sequence[Span]
) -> tuple[TextEdit, ...]:
    """Return the edits that touch none of the failed sentences."""
    numbers = {failure.sentence for failure in failures if 0 <= failure.sentence < len(sentences)}
    bad = [sentences[number] for number in sorted(numbers)]
    ends = [sentence.end for sentence in bad]
    kept: list[TextEdit] = []
    for edit in edits:
        at = bisect_left(ends, edit.start)  # the first bad sentence that does not end before the edit
        if at == len(bad) or bad[at].start > edit.end:
            kept.append(edit)
    return tuple(kept)


def _warning(failure: Failure) -> str:
    return f"An edit was dropped near “{failure.excerpt[:60]}”: {failure.detail}"


def _runs(pieces: Sequence[Piece], edits: Sequence[TextEdit]) -> list[tuple[int, int, list[TextEdit]]]:
    """Return the range of each run of blocks or sentences that edits touch, the edits included, and these edits."""
    found: list[tuple[int, int, list[TextEdit]]] = []
    for edit in edits:
        touched: Sequence[Piece] = _touched(pieces, edit)
        start = min((edit.start, *(piece.start for piece in touched)))
        end = max((edit.end, *(piece.end for piece in touched)))
        if found and start <= found[-1][1]:
            first, last, inside = found[-1]
            inside.append(edit)
            found[-1] = (first, max(end, last), inside)
        else:
            found.append((start, end, [edit]))
    return found


def _prose(document: SegmentedText) -> list[Block]:
    return [block for block in document.blocks if block.kind != "blank"]


def _touched(pieces: Sequence[Piece], edit: TextEdit) -> Sequence[Piece]:
    first = bisect_left(pieces, edit.start, key=lambda piece: piece.end)
    return pieces[first : bisect_right(pieces, edit.end, key=lambda piece: piece.start)]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The stretch `text[start:end]`, and how its facts are to be checked."""

    document: SegmentedText
    start: int
    end: int
    language: str
    phrases: tuple[str, ...]
    reviewed: bool

    @property
    def text(self) -> str:
        return self.document.text

    @property
    def source(self) -> str:
        return self.text[self.start : self.end]

    def is_kept_by_sentences(self, edits: Sequence[TextEdit]) -> bool:
        """Whether reviewed edits keep the facts of each changed sentence by itself, as nearly all do."""
        for start, end, inside in _runs(self.document.sentences, edits):
            part = replace(self, start=start, end=end)
            words = (words for edit in inside for words in (edit.before, edit.after))
            if not turns_nothing(
                part.source, part.applied(inside), words, language=self.language, protected=self.phrases
            ):
                return False
        return True

    def applied(self, edits: Sequence[TextEdit]) -> str:
        return apply(self.source, shift(edits, -self.start))

    def verdict(self, edits: Sequence[TextEdit]) -> Verdict:
        found = compare_paragraphs(self.source, self.applied(edits), language=self.language, protected=self.phrases)
        if found.answer == Answer.REFUSED:
            found = ease_names(found, self.text, self.start, self.end)
        if not self.reviewed:
            return found
        return verdict_of(one for one in found.findings if one.answer == Answer.REFUSED or one.kind in TURNS)


def _check_facts(
    stretch: _Stretch, edits: list[TextEdit]
) -> tuple[list[TextEdit], Doubt | None, list[tuple[TextEdit, Finding]]]:
    """Check the facts of one stretch. Returns its edits, the doubt if one is left, and the edits that were dropped."""
    dropped: list[tuple[TextEdit, Finding]] = []
    verdict = stretch.verdict(edits)
    for number in count(1):
        refused = [one for one in verdict.findings if one.answer == Answer.REFUSED]
        if not edits or not refused:
            break
        blamed = dict.fromkeys(_blamed(stretch.start, edits, refused[0]) if number < _ROUNDS else edits)
        dropped += [(edit, refused[0]) for edit in blamed]
        edits = [edit for edit in edits if edit not in blamed]
        verdict = stretch.verdict(edits)
    if verdict.answer == Answer.KEPT:
        return edits, None, dropped
    doubt = Doubt(stretch.start, stretch.end, stretch.source, stretch.applied(edits), verdict)
    return _marked(stretch, edits, verdict), doubt, dropped


def _marked(stretch: _Stretch, edits: list[TextEdit], verdict: Verdict) -> list[TextEdit]:
    """Mark the edits to be looked at, and leave those that are kept without them."""
    looks: dict[TextEdit, str] = {}
    for number in count(1):
        rest = [edit for edit in edits if edit not in looks]
        if verdict.answer == Answer.KEPT or not rest:
            break
        for finding in verdict.findings:
            for edit in _blamed(stretch.start, rest, finding) if number < _ROUNDS else rest:
                looks.setdefault(edit, finding.detail)
        verdict = stretch.verdict([edit for edit in edits if edit not in looks])
    return [replace(edit, look=_sentence(looks[edit])) if edit in looks else edit for edit in edits]


def mark_edits(start: int, edits: Sequence[TextEdit], findings: Sequence[Finding]) -> tuple[TextEdit, ...]:
    """Return the edits of a stretch that begins at `start`, those behind findings with why to look at them."""
    looks: dict[TextEdit, list[str]] = {}
    for finding in findings:
        for edit in _blamed(start, edits, finding):
            looks.setdefault(edit, []).append(finding.detail)
    return tuple(
        replace(edit, look=_sentence("; ".join(dict.fromkeys(looks[edit][:_MOST_DETAILS])))) if edit in looks else edit
        for edit in edits
    )


def _blamed(start: int, edits: Sequence[TextEdit], finding: Finding) -> list[TextEdit]:
    """Return the edits behind a finding: those that touch its words on either side; all, if none does.

    The finding's ranges are those of a stretch that begins at `start`, and of the stretch with all edits applied.
    """
    left, right = (finding.source[0] + start, finding.source[1] + start), finding.rewrite
    found: list[TextEdit] = []
    moved = 0
    for edit in edits:
        at = edit.start - start + moved
        there = at, at + len(edit.after)
        moved += len(edit.after) - len(edit.before)
        is_behind = finding.source != (0, 0) and _touch(left, (edit.start, edit.end))
        if is_behind or (right != (0, 0) and _touch(right, there)):
            found.append(edit)
    return found or list(edits)


def _touch(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _sentence(detail: str) -> str:
    return detail[:1].upper() + detail[1:] + ("" if detail.endswith((".", "!", "?")) else ".")


def _dropped(text: str, edit: TextEdit, finding: Finding) -> str:
    place = " ".join((edit.before or text[edit.start : edit.start + 60]).split())[:60]
    return f"An edit was dropped near “{place}”: {finding.detail}"
