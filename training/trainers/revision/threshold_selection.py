"""Chooses the thresholds of the five levels on the selection texts.

A level's threshold is the lowest at which people's own texts get no more edits than the level allows and the required
share of the edits on drafts is right.
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

# Maximum edits per 100 words of a person's own text, by level. Most people use level 3.
HUMAN_EDITS = (0.1, 0.3, 0.6, 0.9, 1.6)
# How much higher than the least share of right edits each level's share must be. An edit is right if it brings a draft
# closer to what its author kept.
SURER = (0.3, 0.24, 0.17, 0.1, 0.0)
STEPS = np.round(np.arange(0.05, 0.96, 0.01), 2)


@dataclass(frozen=True, slots=True)
class PrecisionCurve:
    """For each of `STEPS`: edits per 100 words, and the share of them (0 to 1) that bring the draft closer to the text
    that its author kept.
    """

    per_100_words: NDArray[np.float64]
    share_right: NDArray[np.float64]


def precision_curve(model: RevisionModel, score: Score, texts: Sequence[LabelledCandidates]) -> PrecisionCurve:
    edits, good, words = np.zeros(len(STEPS)), np.zeros(len(STEPS)), 0
    for text in texts:
        words += len(text.draft.document.text.split())
        if not text.candidates:
            continue
        confidences = _confidences(model, score, text)
        worth = {id(candidate.edit): float(value) for candidate, value in zip(text.candidates, text.worth, strict=True)}
        for place, threshold in enumerate(STEPS):
            chosen = _chosen(text, confidences, float(threshold))
            if not chosen:
                break
            edits[place] += len(chosen)
            good[place] += sum(worth[id(candidate)] for candidate in chosen)
    return PrecisionCurve(100.0 * edits / max(1, words), good / np.maximum(edits, 1.0))


def _chosen(text: LabelledCandidates, confidences: Sequence[float], threshold: float) -> list[object]:
    return [one.edit for one in decode(text.candidates, confidences, threshold, len(text.draft.document.text))]


def _confidences(model: RevisionModel, score: Score, one: LabelledCandidates) -> list[float]:
    draft = one.draft
    answer = score(arrays_of(model, draft.tokens, one.candidates, draft.protected, draft.signals))
    _, confidences = check_scores(answer, len(draft.tokens), len(one.candidates))
    return list(confidences.tolist())


def thresholds(people: PrecisionCurve, drafts: PrecisionCurve, least_good: float) -> tuple[float, ...]:
    """Return the thresholds of the levels 1 to 5, which fall with the level.

    A level for which no step is good enough gets the strictest one.
    """
    found: list[float] = []
    for most, surer in zip(HUMAN_EDITS, SURER, strict=True):
        right = (drafts.share_right >= min(least_good + surer, 0.95)) | (drafts.per_100_words == 0)
        fits = (people.per_100_words <= most) & right
        lowest = float(STEPS[_from_where_on(fits)])
        found.append(min(lowest, found[-1]) if found else lowest)
    return tuple(found)


def _from_where_on(fits: NDArray[np.bool_]) -> int:
    """Return the first step from which on all stricter steps fit too."""
    wrong = np.flatnonzero(~fits)
    return min(int(wrong[-1]) + 1, len(fits) - 1) if len(wrong) else 0
