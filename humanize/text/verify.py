"""Verification: the checks that every rewrite must pass before anyone sees it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from humanize.text.edits import TextEdit
from humanize.text.faults import faults
from humanize.text.language import UNDETERMINED, detect_language
from humanize.text.line_ends import PARAGRAPH_BREAK
from humanize.text.patterns import PLACEHOLDER
from humanize.text.segment import SegmentedText
from humanize.text.similarity import similarity
from humanize.text.spans import Span
from humanize.text.stretches import ChangedStretch, changed_stretches, edited_stretches

_NUMBER = re.compile(r"\d++(?:[.,:/]\d++)*+")
_PLACEHOLDER = re.compile(rf"{PLACEHOLDER}|⟦[^⟧\n]{{0,60}}⟧|\[\[|\]\]|\b(?:PROTECTED|PLACEHOLDER|KEEP)_?\d{{1,4}}\b")
_PREAMBLE = re.compile(
    r"\A\s*(?:(?:sure|certainly|of course|absolutely|okay|ok|great)[,!.:\s]"
    r"|here(?:'s| is| are|’s)\b[^\n]{0,80}(?:text|version|rewrit|revis|edit)"
    r"|(?:rewritten|revised|edited|humani[sz]ed) (?:text|version)\b|i(?:'ve|’ve| have) (?:rewritten|revised|edited))",
    re.I,
)
_REFUSAL = re.compile(
    r"\bas an ai\b|\bi(?:'m| am|’m) (?:sorry|unable|not able)\b"
    r"|\bi (?:cannot|can't|can’t|won't|will not) (?:help|assist|rewrite|comply|do that)",
    re.I,
)
_END = re.compile(r"[.!?…。！？:][\"'”’»)\]*_`]*\s*$")
_PARAGRAPHS = re.compile(r"\S[ \t]*(?:\r?\n|\r)[ \t]*(?:\r?\n|\r)\s*(?=\S)")
_BREAKS = re.compile(r"(?:\r?\n|\r)[ \t]*(?:\r?\n|\r)\s*")
_WORD = re.compile(r"\w+")
_ANY_WORD = re.compile(r"\w+")
_MOST_OF_A_KIND = 200  # failures in one stretch, each of which costs a search of the stretch
_CAPITAL = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+")
_LEAST_LETTERS_FOR_LANGUAGE = 200
_SAME_LANGUAGE = 0.7  # two texts this similar are in the same language


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed check. `sentence` is the number of the source sentence (from 0), `excerpt` the beginning of its text.

    Checks: protected numbers language truncated preamble refusal placeholder length paragraphs meaning
    doubled_word article spacing case brackets quotes.
    """

    check: str
    sentence: int
    excerpt: str
    detail: str


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a rewrite: `similarity` is the lowest similarity, from 0 to 1.

    `min_ratio` and `max_ratio` limit the number of words of the result divided by that of the source.
    """

    similarity: float = 0.5
    min_ratio: float = 0.6
    max_ratio: float = 1.5


RECAST = Limits(similarity=0.0, min_ratio=0.4, max_ratio=1.6)
# A recast may write them otherwise, and `humanize.facts` compares them.
_PLAIN_KINDS = frozenset({"name", "number", "date", "quotation", "citation"})


def verify(
    source: SegmentedText,
    result: str,
    *,
    protected: Sequence[Span],
    language: str = "en",
    limits: Limits = Limits(),
    edits: Sequence[TextEdit] | None = None,
    recast: bool = False,
) -> tuple[Failure, ...]:
    """Return the failed checks of `result` as a rewrite of `source`; empty if it passes.

    Most checks look only at changed stretches; pass `edits`, if known, to find these exactly. With `recast` paragraphs
    may be written anew: their names, numbers and dates, their number and their likeness are not compared.
    """
    changed = changed_stretches(source, result) if edits is None else edited_stretches(source, edits, result)
    if not changed:
        return ()
    if recast:
        limits, protected = RECAST, [span for span in protected if span.kind not in _PLAIN_KINDS]
    found = [
        failure
        for stretch, inside in _with_protected(changed, protected)
        for failure in _stretch(source, result, stretch, inside, language, recast=recast)
    ]
    left_out = [edit for edit in edits or () if not edit.after and PARAGRAPH_BREAK.search(edit.before)]
    found += _whole(source, result, changed, limits, left_out)
    return tuple(one for one in found if not (recast and one.check == "paragraphs"))


def _with_protected(
    changed: Sequence[ChangedStretch], protected: Sequence[Span]
) -> Iterator[tuple[ChangedStretch, list[Span]]]:
    """Yield each stretch, which are in order, with the protected spans that it touches; in one pass over both."""
    ordered = sorted(protected, key=lambda span: span.start)
    first = 0
    for stretch in changed:
        while first < len(ordered) and ordered[first].end <= stretch.start:
            first += 1
        until = bisect_left(ordered, stretch.end, lo=first, key=lambda span: span.start)
        yield stretch, [span for span in ordered[first:until] if span.end > stretch.start]


def _stretch(
    source: SegmentedText,
    result: str,
    stretch: ChangedStretch,
    inside: Sequence[Span],
    language: str,
    *,
    recast: bool,
) -> Iterator[Failure]:
    before, after = source.text[stretch.start : stretch.end], result[stretch.result_start : stretch.result_end]
    yield from islice(_protected(source, after, stretch, inside), _MOST_OF_A_KIND)
    yield from _placeholders(source, before, after, stretch)
    if not recast:
        yield from islice(_numbers(source, before, after, stretch), _MOST_OF_A_KIND)
        yield from islice(_capitals(source, before, after, stretch), _MOST_OF_A_KIND)
    if language.startswith("en"):
        yield from _faults(source, before, after, stretch)


def _protected(source: SegmentedText, after: str, stretch: ChangedStretch, inside: Sequence[Span]) -> Iterator[Failure]:
    """Each must stand somewhere in the stretch: it may move, and be said once or twice."""
    there: dict[str, bool] = {}
    for span in inside:
        piece = source.text[max(span.start, stretch.start) : min(span.end, stretch.end)]
        if piece not in there:
            there[piece] = _stands_in(after, piece)
        if not there[piece]:
            detail = f"“{_short(piece)}” ({span.kind}) must stay as it is"
            yield _failure("protected", source, _sentence_at(source, stretch, span.start), detail)


def _stands_in(text: str, piece: str) -> bool:
    """Whether a piece is in the text as whole words and numbers: "3" is not in "13"."""
    place = text.find(piece)
    while place >= 0:
        left, right = text[place - 1 : place] if place else "", text[place + len(piece) : place + len(piece) + 1]
        if not (piece[0].isalnum() and left.isalnum()) and not (piece[-1].isalnum() and right.isalnum()):
            return True
        place = text.find(piece, place + 1)
    return False


def _numbers(source: SegmentedText, before: str, after: str, stretch: ChangedStretch) -> Iterator[Failure]:
    old, new = (dict.fromkeys(_NUMBER.findall(text)) for text in (before, after))
    for number in (*(one for one in old if one not in new), *(one for one in new if one not in old)):
        verb = "was lost" if number in old else "was added"
        at = before.find(number)
        place = _sentence_at(source, stretch, stretch.start + at) if at >= 0 else stretch.sentence
        yield _failure("numbers", source, place, f"the number {number} {verb}")


def _placeholders(source: SegmentedText, before: str, after: str, stretch: ChangedStretch) -> Iterator[Failure]:
    for leaked in Counter(_PLACEHOLDER.findall(after)) - Counter(_PLACEHOLDER.findall(before)):
        yield _failure("placeholder", source, stretch.sentence, f"“{_short(leaked)}” is not part of the text")


def _capitals(source: SegmentedText, before: str, after: str, stretch: ChangedStretch) -> Iterator[Failure]:
    """Find a lower-case letter where the sentence had a capital, or a new capital on a word inside it."""
    old, new = before.lstrip()[:1], after.lstrip()[:1]
    if old.isupper() and new.islower():
        yield _failure("case", source, stretch.sentence, f"the sentence starts with a lower-case “{new}”")
    words = set(_ANY_WORD.findall(before))
    for word in dict.fromkeys(_CAPITAL.findall(after)):
        if word.lower() in words and word not in before:
            yield _failure("case", source, stretch.sentence, f"“{word}” has a capital inside a sentence")


def _faults(source: SegmentedText, before: str, after: str, stretch: ChangedStretch) -> Iterator[Failure]:
    old = Counter((fault.kind, fault.detail) for fault in faults(before))
    for fault in faults(after):
        key = (fault.kind, fault.detail)
        if old[key] > 0:
            old[key] -= 1
        else:
            yield _failure(fault.kind, source, _source_sentence(source, stretch, fault.start), fault.detail)


def _whole(
    source: SegmentedText,
    result: str,
    changed: Sequence[ChangedStretch],
    limits: Limits,
    left_out: Sequence[TextEdit],
) -> Iterator[Failure]:
    """`left_out` are the edits that leave out whole paragraphs."""
    text, last = source.text, len(source.sentences) - 1
    end = left_out[-1].start if left_out and left_out[-1].end >= len(text.rstrip()) else len(text)
    if _END.search(text[:end]) and not _END.search(result):
        yield _failure("truncated", source, last, "the end is missing")
    if (_PREAMBLE.match(result) and not _PREAMBLE.match(text)) and changed[0].start == 0:
        yield _failure("preamble", source, 0, "it starts with words about the task")
    if (refusal := _REFUSAL.search(result)) and not (_REFUSAL.search(text) or _is_apology(refusal, text)):
        yield _failure(
            "refusal", source, 0, f"“{refusal.group()}” is about the author of the rewrite, not part of the text"
        )
    yield from _shape(source, result, changed, limits, left_out)
    yield from _meaning(source, result, changed, limits)


def _is_apology(refusal: re.Match[str], source: str) -> bool:
    """Whether “I'm sorry” only says what the source says: “I am truly sorry”."""
    return refusal.group().lower().endswith("sorry") and "sorry" in source.lower()


def _shape(
    source: SegmentedText,
    result: str,
    changed: Sequence[ChangedStretch],
    limits: Limits,
    left_out: Sequence[TextEdit],
) -> Iterator[Failure]:
    old, new = len(_WORD.findall(source.text)), len(_WORD.findall(result))
    slack = 8  # words; a short sentence may lose half of its words
    if new < limits.min_ratio * old - slack or new > limits.max_ratio * old + slack:
        worst = max(changed, key=lambda one: abs(one.result_end - one.result_start - one.end + one.start))
        yield _failure("length", source, worst.sentence, f"{old} words became {new}")
    for one in changed:
        before, after = (
            _paragraphs(source.text, one.start, one.end),
            _paragraphs(result, one.result_start, one.result_end),
        )
        before -= sum(len(_BREAKS.findall(edit.before)) for edit in left_out if one.start <= edit.start <= one.end)
        if before != after:
            yield _failure("paragraphs", source, one.sentence, f"{before} paragraphs became {after}")


def _paragraphs(text: str, start: int, end: int) -> int:
    """Return the number of paragraph breaks in a stretch, including those at its borders, plus one."""
    widened = text[max(0, start - 20) : end + 20]
    return len(_PARAGRAPHS.findall(widened.strip())) + 1


def _meaning(
    source: SegmentedText, result: str, changed: Sequence[ChangedStretch], limits: Limits
) -> Iterator[Failure]:
    alike = similarity(source.text, result)
    if alike < _floor(limits, len(_WORD.findall(source.text))):
        worst = min(changed, key=lambda one: _alike(source, result, one))
        yield _failure("meaning", source, worst.sentence, f"too little of the meaning is kept ({alike:.2f})")
    if alike < _SAME_LANGUAGE and len(source.text) > _LEAST_LETTERS_FOR_LANGUAGE:
        old, new = detect_language(source.text).code, detect_language(result).code
        if old != new and UNDETERMINED not in (old, new):
            yield _failure("language", source, 0, f"the language changed from {old} to {new}")


def _floor(limits: Limits, words: int) -> float:
    """Return the lowest similarity; it rises with the length up to 50 words, as one edit changes much of a sentence."""
    return limits.similarity * min(1.0, max(0.4, words / 50))


def _alike(source: SegmentedText, result: str, stretch: ChangedStretch) -> float:
    return similarity(source.text[stretch.start : stretch.end], result[stretch.result_start : stretch.result_end])


def _sentence_at(source: SegmentedText, stretch: ChangedStretch, offset: int) -> int:
    if not source.sentences:
        return stretch.sentence
    number = bisect_right(source.sentences, offset, lo=max(0, stretch.sentence), key=lambda sentence: sentence.end)
    return min(number, len(source.sentences) - 1)


def _source_sentence(source: SegmentedText, stretch: ChangedStretch, offset: int) -> int:
    """Return the number of the source sentence for an offset in the result's stretch, estimated by proportion."""
    share = offset / max(1, stretch.result_end - stretch.result_start)
    return _sentence_at(source, stretch, stretch.start + int(share * (stretch.end - stretch.start)))


def _failure(check: str, source: SegmentedText, sentence: int, detail: str) -> Failure:
    known = source.sentences[sentence : sentence + 1] if sentence >= 0 else ()
    excerpt = _short(source.text[known[0].start : known[0].end]) if known else ""
    return Failure(check, sentence, excerpt, detail)


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
