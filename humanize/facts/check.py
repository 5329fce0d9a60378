"""Does a rewrite still say what its source says? One check for every engine, and for texts from anywhere.

Facts of closed kinds are decided strictly. In a light rewrite of English, other changes are weighed by the words that
went and came. What a free rewrite did to the open kinds no check without a model can tell: it is to be looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from humanize.facts.changes import Difference, compare
from humanize.facts.closed import ClosedFacts, closed_facts, closed_findings, says_no_fact
from humanize.facts.findings import Answer, Finding, Verdict, verdict_of
from humanize.facts.marked import Evidence, evidence, score, turns
from humanize.facts.paragraphs import Group, groups
from humanize.facts.stems import Word
from humanize.options import TextFormat
from humanize.text.language import LEAST_CONFIDENCE, UNDETERMINED, detect_language
from humanize.text.protect import phrase_spans
from humanize.text.segment import segment

FREE_FROM = 0.35  # share of words deleted or inserted; hand-made light rewrites reach 0.3, free ones begin at 0.45
LOOK_FROM = 0.75  # weight of the evidence; see docs/facts.md
_LEAST_TO_MOVE = 2  # changed groups of paragraphs
_SHOWN = 5  # findings of a paragraph
_LEAST_SHOWN = 0.4
_TITLE_WORDS = 4
_SAMPLE = 20_000  # characters that show the language
_LEAST_FOR_LANGUAGE = 200  # characters
_SHORTEST, _LONGEST, _SLACK = 0.5, 1.6, 8  # of the words of the source; the slack is in words


@dataclass(frozen=True, slots=True)
class Comparison:
    """A pair of stretches: their ranges, whether the rewrite is free in form, and what was found."""

    group: Group
    is_free: bool
    verdict: Verdict


def check(
    source: str, rewrite: str, *, format: TextFormat = "auto", language: str = "en", protected: Sequence[str] = ()
) -> Verdict:
    """Return the verdict on a rewrite; `protected` are phrases that must stay to the letter. Never raises.

    For languages other than English only closed kinds, length and language are checked; `Verdict.checked` tells which.
    """
    parts = compare_texts(source, rewrite, format=format, language=language, protected=protected)
    found = [finding for part in parts for finding in part.verdict.findings]
    return verdict_of([*found, *_whole(source, rewrite)], "all kinds" if language.startswith("en") else "closed kinds")


def _whole(source: str, rewrite: str) -> Iterator[Finding]:
    """What concerns the text as a whole: its language and its length."""
    places = (0, len(source)), (0, len(rewrite))
    old, new = detect_language(source[:_SAMPLE]), detect_language(rewrite[:_SAMPLE])
    sure = min(old.confidence, new.confidence) >= LEAST_CONFIDENCE and UNDETERMINED not in (old.code, new.code)
    if old.code != new.code and sure and min(len(source), len(rewrite)) >= _LEAST_FOR_LANGUAGE:
        yield Finding("language", f"the language changed from {old.code} to {new.code}", Answer.REFUSED, *places)
    before, after = len(source.split()), len(rewrite.split())
    if after < _SHORTEST * before - _SLACK or after > _LONGEST * before + _SLACK:
        yield Finding("length", f"{before} words became {after}", Answer.LOOK, *places)


def compare_texts(
    source: str, rewrite: str, *, format: TextFormat = "auto", language: str = "en", protected: Sequence[str] = ()
) -> list[Comparison]:
    """Return a comparison of each group of paragraphs that belong together, in order; equal ones are left out."""
    before = segment(source, format)
    after = segment(rewrite, before.format)
    found = []
    for group in groups(before, after):
        old, new = source[slice(*group.source)], rewrite[slice(*group.rewrite)]
        if old != new:
            found.append(_compared(group, old, new, language, protected))
    return _moved(found, source, rewrite, language, protected)


def compare_paragraphs(
    source: str, rewrite: str, *, language: str = "en", protected: Sequence[str] = (), closed: bool = False
) -> Verdict:
    """Return the verdict on a stretch that stands for another: one paragraph, or several together. Never raises.

    With `closed` only closed kinds are checked.
    """
    if closed:
        return verdict_of(closed_findings(*(_facts(one, language, protected) for one in (source, rewrite))))
    group = Group((0, len(source)), (0, len(rewrite)))
    return _compared(group, source, rewrite, language, protected).verdict


def turns_nothing(
    source: str, rewrite: str, changed: Iterable[str], *, language: str = "en", protected: Sequence[str] = ()
) -> bool:
    """Return whether no closed fact changed for sure, and nothing was denied, turned round or exchanged. Never raises.

    For words that people have reviewed; it reads a sentence in a tenth of the time of `compare_paragraphs`. `changed`
    has all words that went or came.
    """
    if protected or not all(map(says_no_fact, changed)):
        findings = closed_findings(*(_facts(one, language, protected) for one in (source, rewrite)))
        if any(one.answer == Answer.REFUSED for one in findings):
            return False
    return not language.startswith("en") or next(turns(compare(source, rewrite)), None) is None


def ease_names(verdict: Verdict, text: str, start: int, end: int) -> Verdict:
    """Return the verdict on the paragraph `text[start:end]` of a longer text.

    A name or a short title that went from it, but stands elsewhere, is to be looked at: “she” may stand for it.
    """

    def eased(one: Finding) -> Finding:
        words = text[start + one.source[0] : start + one.source[1]]
        bare = words.strip("\"“”'‘’").removesuffix("'s").removesuffix("’s")
        is_name = one.kind == "name" or (one.kind == "quotation" and len(bare.split()) <= _TITLE_WORDS)
        if one.answer != Answer.REFUSED or one.rewrite != (0, 0) or not is_name or not bare:
            return one
        if text.find(bare, 0, start) < 0 and text.find(bare, end) < 0:
            return one
        detail = f"“{words[:80]}” is no longer here, but elsewhere in the text"
        return replace(one, kind="pronoun", answer=Answer.LOOK, detail=detail)

    return verdict_of(map(eased, verdict.findings), verdict.checked)


def _compared(group: Group, before: str, after: str, language: str, protected: Sequence[str]) -> Comparison:
    is_english = language.startswith("en")
    old, new = _facts(before, language, protected), _facts(after, language, protected)
    findings = list(closed_findings(old, new))
    is_free = False
    if is_english:
        delta = compare(before, after)
        is_free = delta.share >= FREE_FROM
        findings += _free(before, after) if is_free else light_findings(delta)
    return Comparison(group, is_free, verdict_of(_at(finding, group) for finding in findings))


def _facts(text: str, language: str, protected: Sequence[str]) -> ClosedFacts:
    # In German every noun has a capital.
    return closed_facts(text, tuple(phrase_spans(text, protected, "user")), names=not language.startswith("de"))


def _at(finding: Finding, group: Group) -> Finding:
    """The finding with places in the whole texts."""
    source, rewrite = finding.source, finding.rewrite
    if source != (0, 0):
        source = source[0] + group.source[0], source[1] + group.source[0]
    if rewrite != (0, 0):
        rewrite = rewrite[0] + group.rewrite[0], rewrite[1] + group.rewrite[0]
    return replace(finding, source=source, rewrite=rewrite)


def _free(before: str, after: str) -> list[Finding]:
    if not before.strip():
        detail = "this came, and nothing in the original stands for it"
    elif not after.strip():
        detail = "this went, and nothing in the rewrite stands for it"
    else:
        detail = "this was written anew; read both, since only numbers, names and quotations were compared"
    return [Finding("recast", detail, Answer.LOOK, (0, len(before)), (0, len(after)))]


def light_findings(delta: Difference) -> list[Finding]:
    """Return what speaks against a light rewrite, the gravest findings only; none if it weighs too little."""
    found = list(evidence(delta))
    if score(found) < LOOK_FROM:
        return []
    shown = sorted(found, key=lambda one: -one.weight)[:_SHOWN]
    return [_finding(one) for one in shown if one.weight >= _LEAST_SHOWN or one is shown[0]]


def _finding(one: Evidence) -> Finding:
    before, after = (" ".join(word.low for word in words) for words in (one.before, one.after))
    if before and after:
        detail = f"“{before[:80]}” became “{after[:80]}”"
    else:
        detail = f"“{before[:80]}” went" if before else f"“{after[:80]}” came"
    return Finding(one.kind, detail, Answer.LOOK, _range(one.before), _range(one.after))


def _range(words: Sequence[Word]) -> tuple[int, int]:
    return (words[0].start, words[-1].end) if words else (0, 0)


def _moved(
    found: list[Comparison], source: str, rewrite: str, language: str, protected: Sequence[str]
) -> list[Comparison]:
    """A fact that left its paragraph and stands elsewhere is to be looked at, not refused.

    Paragraphs cannot always be paired with certainty, and a list may have become prose.
    """
    if len(found) < _LEAST_TO_MOVE:
        return found
    whole = whole_changes(source, rewrite, language=language, protected=protected)
    return [replace(part, verdict=ease_moves(part.verdict, source, rewrite, whole)) for part in found]


@dataclass(frozen=True, slots=True)
class WholeChanges:
    """The closed facts that a text as a whole lost, and those that came, each with its kind and words."""

    lost: frozenset[tuple[str, str]]
    new: frozenset[tuple[str, str]]


def whole_changes(source: str, rewrite: str, *, language: str = "en", protected: Sequence[str] = ()) -> WholeChanges:
    """Compare the closed facts of two whole texts, wherever in them they stand."""
    found = list(closed_findings(*(_facts(one, language, protected) for one in (source, rewrite))))
    return WholeChanges(
        frozenset((one.kind, source[slice(*one.source)]) for one in found if one.rewrite == (0, 0)),
        frozenset((one.kind, rewrite[slice(*one.rewrite)]) for one in found if one.source == (0, 0)),
    )


def ease_moves(verdict: Verdict, source: str, rewrite: str, whole: WholeChanges) -> Verdict:
    """Return the verdict where a fact that moved to another paragraph of the text is to be looked at, not refused.

    The verdict's places are those of `source` and `rewrite`.
    """

    def eased(one: Finding) -> Finding:
        is_lost = one.rewrite == (0, 0)
        words = source[slice(*one.source)] if is_lost else rewrite[slice(*one.rewrite)]
        if one.answer != Answer.REFUSED or (one.kind, words) in (whole.lost if is_lost else whole.new):
            return one
        where = "rewrite" if is_lost else "original"
        return replace(one, answer=Answer.LOOK, detail=f"“{words[:80]}” stands elsewhere in the {where}")

    return verdict_of(map(eased, verdict.findings), verdict.checked)
