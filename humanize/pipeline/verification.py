"""Verifies a rewrite and drops the edits of sentences that fail, until the whole text passes.

Pure: no Django.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from humanize.text.edits import TextEdit, apply
from humanize.text.line_ends import keep_line_ends
from humanize.text.segment import SegmentedText
from humanize.text.spans import Span
from humanize.text.verify import Failure, verify

_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class VerifiedEdits:
    """The edits that passed, the text that they give, and a warning for each sentence whose edits were dropped."""

    edits: tuple[TextEdit, ...]
    result: str
    warnings: tuple[str, ...]


def keep_verified(
    document: SegmentedText, edits: Sequence[TextEdit], protected: Sequence[Span], language: str
) -> VerifiedEdits:
    """Return the edits that pass verification and keep the line ends; in the worst case none: the source as it is."""
    kept = keep_line_ends(document.text, edits)
    warnings: list[str] = []
    sentences = [sentence for block in document.blocks for sentence in block.sentences]
    for _ in range(_ROUNDS):
        if not kept:
            break
        result = apply(document.text, kept)
        failures = verify(document, result, protected=protected, language=language, edits=kept)
        if not failures:
            return VerifiedEdits(kept, result, tuple(warnings))
        rest = _without(kept, failures, sentences)
        # One warning per sentence, since a lost number fails several checks at once.
        warnings += [_warning(failure) for failure in {one.sentence: one for one in reversed(failures)}.values()]
        kept = rest if len(rest) < len(kept) else ()
    return VerifiedEdits((), document.text, tuple(dict.fromkeys(warnings)))


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
