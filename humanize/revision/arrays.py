"""Builds the named arrays that a `score` deployment takes, and checks the shapes of its answer. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from humanize.revision import token_features
from humanize.revision.candidates import CandidateEdit
from humanize.revision.model import RevisionModel
from humanize.revision.ranker_features import candidate_arrays
from humanize.revision.signals import Signals
from humanize.revision.tokens import Tokens
from humanize.text.spans import Span

Arrays = Mapping[str, NDArray[np.generic]]
Score = Callable[[Arrays], Arrays]


class ScoresError(ValueError):
    """The answer of the `score` call does not match the request."""


def arrays_of(
    model: RevisionModel,
    tokens: Tokens,
    candidates: Sequence[CandidateEdit],
    protected: Sequence[Span],
    signals: Signals,
) -> dict[str, NDArray[np.generic]]:
    rows = candidate_arrays(tokens, candidates, signals, model.rates, model.hasher, model.language_bits)
    return {
        **token_arrays(model, tokens, protected, signals),
        "span": rows.span,
        "gone": rows.gone,
        "came": rows.came,
        "facts": rows.facts,
    }


def token_arrays(
    model: RevisionModel, tokens: Tokens, protected: Sequence[Span], signals: Signals
) -> dict[str, NDArray[np.generic]]:
    """Return the arrays that the token scorer reads, one row per token (or windows of word pieces)."""
    dense = token_features.dense(tokens, protected, signals)
    if model.pieces:
        return {**model.pieces.arrays(tokens), "dense": dense}
    grams = token_features.grams(tokens, model.hasher, model.bits)
    return {"grams": grams, "dense": dense, "sentence": tokens.sentence - tokens.sentence[0]}


def check_scores(answer: Arrays, tokens: int, candidates: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the edit probabilities `[tokens]` and the candidates' confidences `[candidates]` of an answer.

    Raises ScoresError for missing arrays, wrong shapes or values that are not finite.
    """
    where, rank = (np.asarray(answer[name], dtype=np.float64) if name in answer else None for name in ("where", "rank"))
    if where is None or rank is None:
        raise ScoresError("the model's answer lacks the array where or rank")
    if (
        where.shape != (tokens,)
        or rank.shape != (candidates,)
        or not (np.isfinite(where).all() and np.isfinite(rank).all())
    ):
        raise ScoresError(
            f"the model's answer must be finite with shapes {(tokens,)} and {(candidates,)}, "
            f"but has shapes {where.shape} and {rank.shape}"
        )
    return where, rank
