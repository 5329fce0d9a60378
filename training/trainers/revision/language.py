"""How common an n-gram is in people's texts, and how much more common in drafts. Two scores of the ranker use this."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from humanize.revision.hashed_ngrams import Hasher
from humanize.revision.ranker_features import grams_by_order
from humanize.revision.tokens import SPACE
from training.trainers.revision.pairs import HALVES, AlignedPair

_SMOOTH = 3.0


def count_grams(pairs: Sequence[AlignedPair], hasher: Hasher, bits: int) -> NDArray[np.float64]:
    """Return counts of the shape [halves, 2, 2^bits]: buckets of the n-grams of drafts (0) and of kept texts (1)."""
    counts = np.zeros((HALVES, 2, 1 << bits))
    for half in range(HALVES):
        members = [pair for pair in pairs if pair.half == half]
        for side, texts in enumerate(
            ([pair.draft.tokens.words for pair in members], [pair.kept_tokens for pair in members])
        ):
            keys = hasher.keys([word for text in texts for word in [*text, "¶"] if word != SPACE])[:, 0]
            for _, found in grams_by_order(keys, bits):
                counts[half, side] += np.bincount(found, minlength=1 << bits)
    return counts


def language_table(counts: NDArray[np.float64]) -> NDArray[np.float16]:
    """Return the table [2^bits, 2] from the counts of the given halves; row 0 is zero."""
    drafts, kept = counts.sum(axis=0)
    drafts, kept = drafts * (1e6 / max(1.0, drafts.sum())), kept * (1e6 / max(1.0, kept.sum()))
    table = np.stack([np.log1p(kept), np.log((drafts + _SMOOTH) / (kept + _SMOOTH))], axis=1)
    table[0] = 0.0
    return table.astype(np.float16)
