"""Texts as windows of word pieces, and the windows of many texts as a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from humanize.revision import token_features
from humanize.revision.word_pieces import Pieces
from training.trainers.neural.shape import Floats
from training.trainers.neural.strips import group_rows, weight_of
from training.trainers.revision.pairs import AlignedPair

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class EncoderRow:
    """One text: ``ids``, ``mask`` [windows, pieces], ``place``, ``labels`` [tokens], ``dense`` [tokens, features].

    ``weight`` is the weight of each of its tokens in the loss.
    """

    ids: Ints
    mask: Ints
    place: Ints
    dense: Floats
    labels: Floats
    weight: float
    half: int

    def __len__(self) -> int:
        """Return the number of windows."""
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class EncoderBatch:
    ids: Ints
    mask: Ints
    place: Ints
    dense: Floats
    labels: Floats
    weights: Floats

    @property
    def size(self) -> int:
        return len(self.labels)


def encoder_row(pair: AlignedPair, pieces: Pieces, light: float) -> EncoderRow:
    draft = pair.draft
    dense = token_features.dense(draft.tokens, draft.protected, draft.signals)
    arrays = pieces.arrays(draft.tokens)
    ids, mask, place = (np.asarray(arrays[name], dtype=np.int64) for name in ("ids", "mask", "place"))
    return EncoderRow(ids, mask, place, dense, pair.gone.astype(np.float32), weight_of(pair, light), pair.half)


def encoder_batch(rows: Sequence[EncoderRow], pad: int) -> EncoderBatch:
    """Join texts. All windows are padded to the widest; places are counted through the whole batch."""
    width = max(row.ids.shape[1] for row in rows)
    starts = np.cumsum([0, *(len(row.ids) for row in rows)])
    places = [
        (start + row.place // row.ids.shape[1]) * width + row.place % row.ids.shape[1]
        for start, row in zip(starts, rows, strict=False)
    ]
    return EncoderBatch(
        np.concatenate([_widened(row.ids, width, pad) for row in rows]),
        np.concatenate([_widened(row.mask, width, 0) for row in rows]),
        np.concatenate(places),
        np.concatenate([row.dense for row in rows]),
        np.concatenate([row.labels for row in rows]),
        np.concatenate([np.full(len(row.labels), row.weight, np.float32) for row in rows]),
    )


def _widened(rows: Ints, width: int, fill: int) -> Ints:
    return np.pad(rows, ((0, 0), (0, width - rows.shape[1])), constant_values=fill)


@dataclass(frozen=True, slots=True)
class EncoderBatches:
    """Batches of about ``windows`` windows, in another order in each epoch."""

    rows: Sequence[EncoderRow]
    dev_rows: Sequence[EncoderRow]
    windows: int
    pad: int
    seed: int

    @property
    def parts(self) -> int:
        return max(1, -(-sum(map(len, self.rows)) // self.windows))

    def epoch(self, number: int) -> Iterator[EncoderBatch]:
        order = np.random.default_rng([self.seed, number]).permutation(len(self.rows)).tolist()
        return self._batches([self.rows[index] for index in order])

    def dev(self) -> Iterator[EncoderBatch]:
        return self._batches(self.dev_rows)

    def _batches(self, rows: Sequence[EncoderRow]) -> Iterator[EncoderBatch]:
        return (encoder_batch(some, self.pad) for some in group_rows(rows, self.windows))
