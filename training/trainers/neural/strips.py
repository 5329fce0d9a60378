"""Texts as arrays, and strips of many texts one after the other, on which one training step is computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from humanize.revision import token_features
from humanize.revision.hashed_ngrams import Hasher
from humanize.revision.token_features import DENSE, TEMPLATES
from training.trainers.neural.protocols import TrainingPlan
from training.trainers.neural.shape import Floats, Shape
from training.trainers.revision.fit import LIGHT_SHARE
from training.trainers.revision.pairs import AlignedPair

S = TypeVar("S", bound=Sized)


@dataclass(frozen=True, slots=True)
class StripRow:
    """One text: ``grams`` [tokens, templates], ``dense`` [tokens, features], ``sentence`` and ``labels`` [tokens].

    ``weight`` is the weight of each of its tokens in the loss.
    """

    grams: NDArray[np.int32]
    dense: Floats
    sentence: NDArray[np.int64]
    labels: Floats
    weight: float
    half: int

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class Strip:
    """Many texts with gaps between them, as arrays with one row per token or gap.

    ``sentence`` and ``text`` number the segments from 0. Gaps are in the last segment of each and have the weight 0.
    """

    grams: NDArray[np.int32]
    dense: Floats
    sentence: NDArray[np.int64]
    text: NDArray[np.int64]
    inside: Floats
    labels: Floats
    weights: Floats
    sentences: int
    texts: int

    @property
    def size(self) -> int:
        return int(self.inside.sum())


def strip_row(pair: AlignedPair, hasher: Hasher, bits: int, light: float) -> StripRow:
    """Return a text as arrays. ``light`` is the weight of a token in a lightly edited draft.

    Such drafts are few and the most informative.
    """
    draft, tokens = pair.draft, pair.draft.tokens
    return StripRow(
        token_features.grams(tokens, hasher, bits),
        token_features.dense(tokens, draft.protected, draft.signals),
        tokens.sentence - tokens.sentence[0],
        pair.gone.astype(np.float32),
        weight_of(pair, light),
        pair.half,
    )


def weight_of(pair: AlignedPair, light: float) -> float:
    return light if pair.share_changed < LIGHT_SHARE else 1.0


def strip_of(rows: Sequence[StripRow], shape: Shape) -> Strip:
    gap = shape.gap
    length = sum(len(row) + gap for row in rows)
    grams, dense = np.zeros((length, TEMPLATES), np.int32), np.zeros((length, DENSE), np.float32)
    sentence, text = np.full(length, -1, np.int64), np.full(length, len(rows), np.int64)
    inside, labels, weights = (np.zeros(length, np.float32) for _ in range(3))
    at = sentences = 0
    for number, row in enumerate(rows):
        part = slice(at, at + len(row))
        grams[part], dense[part], labels[part] = row.grams, row.dense, row.labels
        sentence[part], text[part], inside[part], weights[part] = row.sentence + sentences, number, 1.0, row.weight
        sentences += int(row.sentence[-1]) + 1
        at += len(row) + gap
    sentence[sentence < 0] = sentences
    return Strip(grams, dense, sentence, text, inside, labels, weights, sentences + 1, len(rows) + 1)


@dataclass(frozen=True, slots=True)
class Strips:
    """The data of a stage, in another order in each epoch."""

    rows: Sequence[StripRow]
    dev_rows: Sequence[StripRow]
    shape: Shape
    plan: TrainingPlan

    @property
    def parts(self) -> int:
        return max(1, -(-sum(map(len, self.rows)) // self.plan.tokens))

    def epoch(self, number: int) -> Iterator[Strip]:
        order = np.random.default_rng([self.plan.seed, number]).permutation(len(self.rows)).tolist()
        return strips(self.rows, self.shape, self.plan.tokens, order)

    def dev(self) -> Iterator[Strip]:
        return strips(self.dev_rows, self.shape, self.plan.tokens, range(len(self.dev_rows)))


def drop_of(strip: Strip, width: int, plan: TrainingPlan, step: int, part: int) -> Floats:
    """Return the dropout factors of the first layer, [tokens, width].

    They are drawn here, so that they depend neither on a resumed run nor on the framework.
    """
    size = (len(strip.labels), width)
    if not plan.dropout:
        return np.ones(size, dtype=np.float32)
    drawn = np.random.default_rng([plan.seed, step, part]).random(size, dtype=np.float32)
    return (drawn >= plan.dropout).astype(np.float32) / np.float32(1 - plan.dropout)


def strips(rows: Sequence[StripRow], shape: Shape, tokens: int, order: Sequence[int]) -> Iterator[Strip]:
    """Yield strips of about ``tokens`` tokens, in the given order."""
    return (strip_of(some, shape) for some in group_rows([rows[number] for number in order], tokens))


def group_rows(rows: Iterable[S], size: int) -> Iterator[list[S]]:
    """Yield groups of consecutive rows of about ``size`` in total.

    Whatever the order of the rows, there are no more groups than the total size divided by ``size``, rounded up.
    """
    group: list[S] = []
    at = place = 0
    for row in rows:
        if group and at // size != place:
            yield group
            group = []
        place = at // size
        group.append(row)
        at += len(row)
    if group:
        yield group
