"""Counts what an editor does to held-out drafts, text by text, so that every figure has an interval. No Django.

An editor is anything that makes edits: a revision model, the rules, or a copy without edits. Only edits that pass
verification count, as for a writer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from humanize.judging import compare
from humanize.options import RewriteOptions
from humanize.pipeline.verification import keep_verified
from humanize.revision.tokens import SPACE, Tokens, fold_all, tokens_of
from humanize.scoring import FLAG_THRESHOLD, score
from humanize.text.edits import TextEdit, apply
from humanize.text.faults import faults
from humanize.text.protect import protected_spans
from humanize.text.segment import SegmentedText, segment
from humanize.text.similarity import similarity
from humanize.text.spans import Span
from humanize.text.verify import verify
from training.evaluation.sari import sari

Editor = Callable[[SegmentedText, Sequence[Span], RewriteOptions], Sequence[TextEdit]]
LOST = frozenset({"protected", "numbers"})
LENGTHS = (0.85, 1.15)
COLUMNS = (
    *("texts", "words", "edits", "right", "proposed", "wanted", "good", "sari", "similarity", "lost"),
    *("new_faults", "length_out", "scored", "flagged_before", "flagged_after", "flagged_author", "seconds"),
    *("better", "worse", "looks"),
)


@dataclass(frozen=True, slots=True)
class EditCounts:
    """The counts, in the shape [texts, columns]; `COLUMNS` names the columns."""

    rows: NDArray[np.float64]

    def column(self, *names: str) -> NDArray[np.float64]:
        return self.rows[:, [COLUMNS.index(name) for name in names]]

    def total(self, name: str) -> float:
        return float(self.column(name).sum())


@dataclass(frozen=True, slots=True)
class HeldOutText:
    """A draft prepared for any editor, and the text that its author kept."""

    document: SegmentedText
    protected: tuple[Span, ...]
    tokens: Tokens
    kept_text: str
    kept_tokens: list[str]
    gone: NDArray[np.uint8]
    author_flagged: bool | None


def prepare_text(draft: str, kept: str) -> HeldOutText:
    document = segment(draft, "text")
    tokens = tokens_of(draft, document)
    kept_tokens = fold_all(kept)
    gone = np.zeros(len(tokens), dtype=np.uint8)
    for step in Indel.opcodes(tokens.words, kept_tokens):
        if step.tag != "equal":
            gone[step.src_start : step.src_end] = 1
    return HeldOutText(document, protected_spans(document), tokens, kept, kept_tokens, gone, is_flagged(kept))


def is_flagged(text: str) -> bool | None:
    """Return whether the detector flags the text; None if the text is too short."""
    likeness = score(text, segment(text, "text")).ai_likeness
    return None if likeness is None else likeness >= FLAG_THRESHOLD


def count_edits(texts: Sequence[HeldOutText], editor: Editor, level: int) -> EditCounts:
    options = RewriteOptions(level=level, language="en", format="text")
    return EditCounts(
        np.array([_row(text, editor, options) for text in texts], dtype=np.float64).reshape(-1, len(COLUMNS))
    )


def _row(text: HeldOutText, editor: Editor, options: RewriteOptions) -> list[float]:
    document = text.document
    started = time.perf_counter()
    kept = keep_verified(document, editor(document, text.protected, options), text.protected, "en")
    seconds = time.perf_counter() - started
    # As if its writer accepted everything, also what has to be looked at; how much that is, is counted apart.
    source, result = document.text, apply(document.text, kept.edits)
    failed = {one.check for one in verify(document, result, protected=text.protected)}
    before = is_flagged(source)
    # A text that the edits made too short to be scored is not a success: it keeps its flag.
    scored = is_flagged(result) if kept.edits else before
    after = before if scored is None else scored
    told = [before is not None, bool(before), bool(after), bool(text.author_flagged) and before is not None]
    ratio = len(result.split()) / max(1, len(source.split()))
    right, proposed, wanted = _agreement(text, kept.edits)
    solid = [
        [word for word in words if word != SPACE] for words in (text.tokens.words, fold_all(result), text.kept_tokens)
    ]
    return [
        1, len(source.split()), len(kept.edits), right, proposed, wanted, _good(solid, kept.edits, text),
        sari(*solid), similarity(source, result), bool(failed & LOST),
        max(0, len(faults(result)) - len(faults(source))), not LENGTHS[0] <= ratio <= LENGTHS[1],
        *map(float, told), seconds, *_verdict(source, result), sum(bool(edit.look) for edit in kept.edits),
    ]  # fmt: skip


def _verdict(source: str, result: str) -> tuple[bool, bool]:
    """Return whether the shipped judge calls the result better, and whether it calls it worse."""
    judgement = compare(source, result)
    verdict = judgement.verdict if judgement else ""
    return verdict == "better", verdict == "worse"


def _agreement(text: HeldOutText, edits: Sequence[TextEdit]) -> tuple[float, float, float]:
    """Count the tokens changed by both, by the editor, and by the author.

    White space does not count; an insertion counts as its next word.
    """
    tokens = text.tokens
    solid = np.array([word != SPACE for word in tokens.words], dtype=bool)
    touched = np.zeros(len(tokens), dtype=bool)
    starts, ends = np.array(tokens.starts), np.array(tokens.ends)
    for edit in edits:
        first = int(np.searchsorted(ends, edit.start, side="right"))
        last = max(int(np.searchsorted(starts, edit.end)), first + 1)
        touched[first:last] = True
    touched &= solid
    gone = text.gone.astype(bool) & solid
    return float((touched & gone).sum()), float(touched.sum()), float(gone.sum())


def _good(solid: Sequence[list[str]], edits: Sequence[TextEdit], text: HeldOutText) -> float:
    """Return by how many tokens the result is closer to the text that the author kept."""
    if not edits:
        return 0.0
    source, result, kept = solid
    return float(Indel.distance(source, kept) - Indel.distance(result, kept))
