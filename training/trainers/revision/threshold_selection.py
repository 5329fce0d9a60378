"""Chooses the thresholds of the five levels on texts kept for it: how bold may each level be, and how right must it be.

A level's threshold is the lowest at which people's own texts are left alone as the level promises, and at which the
edits it makes on drafts are as right as asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from humanize.revision.arrays import Score, arrays_of, check_scores
from humanize.revision.decode import decode
from humanize.revision.model import RevisionModel
from training.trainers.revision.candidate_labels import LabelledCandidates

# Most edits per 100 words of a person's own text, by level. Level 3 is what most people use.
HUMAN_EDITS = (0.1, 0.3, 0.6, 0.9, 1.6)
# How much surer than the least a level must be that an edit brings a draft nearer to what its author kept.
SURER = (0.3, 0.24, 0.17, 0.1, 0.0)
STEPS = np.round(np.arange(0.05, 0.96, 0.01), 2)


@dataclass(frozen=True, slots=True)
class PrecisionCurve:
    """For each of `STEPS`: edits per 100 words, and of how many the author's own text came nearer (0 to 1)."""

    per_100_words: NDArray[np.float64]
    good: NDArray[np.float64]


def precision_curve(model: RevisionModel, score: Score, texts: Sequence[LabelledCandidates]) -> PrecisionCurve:
    edits, good, words = np.zeros(len(STEPS)), np.zeros(len(STEPS)), 0
    for one in texts:
        words += len(one.draft.document.text.split())
        if not one.found:
            continue
        confidences = _confidences(model, score, one)
        worth = {id(candidate.edit): float(value) for candidate, value in zip(one.found, one.good, strict=True)}
        for place, threshold in enumerate(STEPS):
            chosen = _chosen(one, confidences, float(threshold))
            if not chosen:
                break
            edits[place] += len(chosen)
            good[place] += sum(worth[id(candidate)] for candidate in chosen)
    return PrecisionCurve(100.0 * edits / max(1, words), good / np.maximum(edits, 1.0))


def _chosen(text: LabelledCandidates, confidences: Sequence[float], threshold: float) -> list[object]:
    return [one.edit for one in decode(text.found, confidences, threshold, len(text.draft.document.text))]


def _confidences(model: RevisionModel, score: Score, one: LabelledCandidates) -> list[float]:
    draft = one.draft
    answer = score(arrays_of(model, draft.tokens, one.found, draft.protected, draft.signals))
    _, confidences = check_scores(answer, len(draft.tokens), len(one.found))
    return list(confidences.tolist())


def thresholds(people: PrecisionCurve, drafts: PrecisionCurve, least_good: float) -> tuple[float, ...]:
    """Falling with the level; the strictest where no step satisfies."""
    found: list[float] = []
    for most, surer in zip(HUMAN_EDITS, SURER, strict=True):
        right = (drafts.good >= min(least_good + surer, 0.95)) | (drafts.per_100_words == 0)
        fits = (people.per_100_words <= most) & right
        lowest = float(STEPS[_from_where_on(fits)])
        found.append(min(lowest, found[-1]) if found else lowest)
    return tuple(found)


def _from_where_on(fits: NDArray[np.bool_]) -> int:
    """The first step from which all the stricter ones fit too."""
    wrong = np.flatnonzero(~fits)
    return min(int(wrong[-1]) + 1, len(fits) - 1) if len(wrong) else 0
