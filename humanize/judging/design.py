"""What a judge looks at: sequences of symbols of a text, and the n-grams of them that it counts.

A text becomes rows of hashed n-grams with the square root of their rates as values. Repeating a text changes no rate,
so its length alone brings nothing. Takes time linear in the text, whatever it holds.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from humanize.scoring.features import gram_hashes
from humanize.scoring.tokens import tokenise

Sequences = Sequence[Sequence[str]]
LEAST_SYMBOLS = 20  # the rates of shorter sequences are counted as if they had so many
_REMEMBERED = 50_000


class Hashes(dict[str, int]):
    """The hash of each symbol, of which a bounded number is remembered, so that a symbol costs one look-up."""

    def __missing__(self, symbol: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[symbol] = found = zlib.crc32(symbol.encode("utf-8", "surrogatepass"))
        return found


@dataclass(frozen=True, slots=True)
class Slot:
    """The n-grams of one order of one sequence; `scale` weighs them against those of other slots while fitting."""

    sequence: int
    order: int
    scale: float


@dataclass(frozen=True, slots=True)
class Rows:
    """The n-grams of some texts as a sparse matrix: the row, the column and the value of each."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Design:
    """A kind of judge: how a text is read. Each slot has 2 to the power of `bits` columns of its own."""

    kind: str
    read: Callable[[str], Sequences]
    slots: tuple[Slot, ...]
    bits: int
    hashes: Hashes = field(default_factory=Hashes, compare=False)

    @property
    def columns(self) -> int:
        return len(self.slots) << self.bits

    def rows(self, texts: Sequence[str]) -> Rows:
        """Return the n-grams of each text. A text gives the same values whatever other texts stand next to it."""
        read = [self.read(text) for text in texts]
        parts = [np.empty(0, dtype=np.uint64)]
        rates = np.empty((len(self.slots), len(texts)))
        for sequence in range(1 + max(slot.sequence for slot in self.slots)):
            lengths = np.array([len(found[sequence]) for found in read])
            symbols = chain.from_iterable(found[sequence] for found in read)
            hashes = np.fromiter(map(self.hashes.__getitem__, symbols), np.uint64, int(lengths.sum()))
            base = np.repeat(np.arange(len(texts), dtype=np.uint64) * np.uint64(self.columns), lengths)
            slots = [number for number, slot in enumerate(self.slots) if slot.sequence == sequence]
            rates[slots] = 10.0 / np.sqrt(np.maximum(lengths, LEAST_SYMBOLS))
            parts += self._keys(hashes, base, slots)
        rates *= np.array([[slot.scale] for slot in self.slots])
        keys = np.concatenate(parts)
        keys.sort()
        first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))[: len(keys)])
        counts = np.diff(np.append(first, len(keys)))
        row, column = np.divmod(keys[first].astype(np.int64), self.columns)
        return Rows(row, column, np.sqrt(counts) * rates[column >> self.bits, row])

    def _keys(
        self, hashes: NDArray[np.uint64], base: NDArray[np.uint64], slots: Sequence[int]
    ) -> Iterator[NDArray[np.uint64]]:
        """Yield the row and the column of each n-gram as one number; n-grams across two texts are left out."""
        orders = [self.slots[number].order for number in slots]
        grams = gram_hashes(hashes, range(1, 1 + min(max(orders), len(hashes))), salt=1) if len(hashes) else []
        for number, order in zip(slots, orders, strict=True):
            if order > len(grams):
                continue
            owner = base[: len(hashes) - order + 1]
            keys = owner + np.uint64(number << self.bits) + (grams[order - 1] >> np.uint32(32 - self.bits))
            yield keys if order == 1 else keys[owner == base[order - 1 :]]


def _words(text: str) -> Sequences:
    return (tokenise(text),)


WORDS = Design("words", _words, (Slot(0, 1, 1.0), Slot(0, 2, 0.7)), bits=16)
"""The ranker: words and pairs of words, punctuation among them."""
