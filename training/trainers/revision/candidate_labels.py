"""Labels candidates by the pair: whether they bring the draft closer to the author's text, or at least change words
that the author changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Indel

from humanize.pipeline.revision_engine import PreparedText
from humanize.revision.candidates import CandidateEdit, candidate_edits
from humanize.revision.rates import Rate, key_of
from humanize.revision.table import Table
from humanize.revision.tokens import SPACE, fold_all
from training.trainers.revision.pairs import HALVES, AlignedPair

GONE_ONLY = 0.5  # the worth of a candidate whose words the author changed too, but to something else


@dataclass(frozen=True, slots=True)
class LabelledCandidates:
    """A draft with its candidates; ``worth`` [candidates] is between 0 and 1. ``half`` is that of the `AlignedPair`."""

    draft: PreparedText
    candidates: tuple[CandidateEdit, ...]
    worth: NDArray[np.float32]
    half: int


def label_candidates(pair: AlignedPair, table: Table) -> LabelledCandidates:
    draft = pair.draft
    found = candidate_edits(draft.tokens, draft.closed, draft.proposed, table)
    kept = [word for word in pair.kept_tokens if word != SPACE]
    before = Indel.distance(_solid(draft.tokens.words), kept)
    good = [_good(pair, one, kept, before) for one in found]
    return LabelledCandidates(draft, found, np.array(good, dtype=np.float32), pair.half)


def label_untouched(draft: PreparedText, table: Table, half: int) -> LabelledCandidates:
    """Label the candidates in a person's own text, where none is good."""
    found = candidate_edits(draft.tokens, draft.closed, draft.proposed, table)
    return LabelledCandidates(draft, found, np.zeros(len(found), dtype=np.float32), half)


def _good(pair: AlignedPair, one: CandidateEdit, kept: list[str], before: int) -> float:
    words = pair.draft.tokens.words
    edited = [*words[: one.first], *_after(pair, one), *words[one.last :]]
    if Indel.distance(_solid(edited), kept) < before:
        return 1.0
    changed = [
        gone
        for word, gone in zip(words[one.first : one.last], pair.gone[one.first : one.last], strict=True)
        if word != SPACE
    ]
    return GONE_ONLY if changed and all(changed) else 0.0


def _after(pair: AlignedPair, one: CandidateEdit) -> list[str]:
    """Return the tokens after the edit in place of the candidate's, including the parts outside the edit."""
    tokens, edit = pair.draft.tokens, one.edit
    left = tokens.text[tokens.starts[one.first] : edit.start] if tokens.starts[one.first] < edit.start else ""
    right = tokens.text[edit.end : tokens.ends[one.last - 1]] if edit.end < tokens.ends[one.last - 1] else ""
    return fold_all(left + edit.after + right)


def _solid(words: Sequence[str]) -> list[str]:
    return [word for word in words if word != SPACE]


def rates(labelled: Sequence[LabelledCandidates]) -> tuple[dict[str, Rate], tuple[dict[str, Rate], ...]]:
    """Return the rates by the keys of `key_of`: over all drafts, and for each half over the other halves."""
    sums: list[defaultdict[str, list[float]]] = [defaultdict(lambda: [0.0, 0.0]) for _ in range(HALVES)]
    for one in labelled:
        for candidate, good in zip(one.candidates, one.worth, strict=True):
            here = sums[one.half][key_of(candidate)]
            here[0] += float(good)
            here[1] += 1.0
    whole = _added(sums)
    return whole, tuple(_added([half for n, half in enumerate(sums) if n != out]) for out in range(HALVES))


def _added(parts: Sequence[defaultdict[str, list[float]]]) -> dict[str, Rate]:
    total: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for part in parts:
        for key, (good, seen) in part.items():
            total[key][0] += good
            total[key][1] += seen
    return {key: Rate(good, seen) for key, (good, seen) in sorted(total.items())}
