"""Texts as arrays, and many texts one after the other as a strip: what one step of training is computed on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from humanize.revising import Prepared
from humanize.revision import features
from humanize.revision.features import DENSE, TEMPLATES
from humanize.revision.hashing import Hasher
from training.trainers.neural.learner import Plan
from training.trainers.neural.shape import Floats, Shape
from training.trainers.revision.fitting import LIGHT_SHARE
from training.trainers.revision.pairs import Aligned


@dataclass(frozen=True, slots=True)
class Row:
    """One text. ``weight`` is what each of its tokens counts."""

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
    """``sentence`` and ``text`` number segments from 0; gaps are in the last segment of each and count nothing."""

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


def token_arrays(draft: Prepared, hasher: Hasher, bits: int) -> dict[str, NDArray[np.generic]]:
    tokens = draft.tokens
    return {
        "grams": features.grams(tokens, hasher, bits),
        "dense": features.dense(tokens, draft.protected, draft.signals),
        "sentence": tokens.sentence - tokens.sentence[0],
    }


def row_of(pair: Aligned, hasher: Hasher, bits: int, light: float) -> Row:
    """``light`` is what a token of a lightly edited draft counts: such drafts are few, and say most."""
    made = token_arrays(pair.draft, hasher, bits)
    weight = light if pair.share_changed < LIGHT_SHARE else 1.0
    return Row(**made, labels=pair.gone.astype(np.float32), weight=weight, half=pair.half)  # type: ignore[arg-type]


def strip_of(rows: Sequence[Row], shape: Shape) -> Strip:
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
    """The data of a stage, in another order each epoch."""

    rows: Sequence[Row]
    held: Sequence[Row]
    shape: Shape
    plan: Plan

    @property
    def parts(self) -> int:
        return max(1, -(-sum(map(len, self.rows)) // self.plan.tokens))

    def epoch(self, number: int) -> Iterator[Strip]:
        order = np.random.default_rng([self.plan.seed, number]).permutation(len(self.rows)).tolist()
        return strips(self.rows, self.shape, self.plan.tokens, order)

    def dev(self) -> Iterator[Strip]:
        return strips(self.held, self.shape, self.plan.tokens, range(len(self.held)))


def drop_of(strip: Strip, width: int, plan: Plan, step: int, part: int) -> Floats:
    """Which of the first layer's values are dropped: drawn here, so that neither resuming nor the framework matters."""
    size = (len(strip.labels), width)
    if not plan.dropout:
        return np.ones(size, dtype=np.float32)
    drawn = np.random.default_rng([plan.seed, step, part]).random(size, dtype=np.float32)
    return (drawn >= plan.dropout).astype(np.float32) / np.float32(1 - plan.dropout)


def strips(rows: Sequence[Row], shape: Shape, tokens: int, order: Sequence[int]) -> Iterator[Strip]:
    """In the order given, about ``tokens`` tokens each."""
    held: list[Row] = []
    at = place = 0
    for number in order:
        row = rows[number]
        if held and at // tokens != place:
            yield strip_of(held, shape)
            held = []
        place = at // tokens
        held.append(row)
        at += len(row)
    if held:
        yield strip_of(held, shape)
