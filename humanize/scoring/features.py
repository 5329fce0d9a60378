"""Turns tokens into hashed n-grams, in the same way for training and use.

There are two streams: the words themselves (1–3-grams), and the words with all but the most frequent ones replaced by
their endings (1–4-grams), which captures the structure of a sentence independently of its subject. Hashes are the same
in every process.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]

WORD_ORDERS = (1, 2, 3)
SHAPE_ORDERS = (1, 2, 3, 4)
_ENDINGS = (
    *("ing", "ed", "ly", "tion", "sion", "ment", "ness", "ity", "ive", "ous", "ful", "al", "able", "ible"),
    *("er", "est", "ance", "ence", "ic", "ize", "ate", "ies", "es", "s", "y"),
)
_LONG_WORD = 6
_CACHE_LIMIT = 50_000
_SEED = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)


def shape(word: str) -> str:
    """Return the ending that represents a rare word."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return "-" + ending
    return "-L" if len(word) > _LONG_WORD else "-S"


def _hash(token: str) -> int:
    return zlib.crc32(token.encode("utf-8", "surrogatepass"))


def gram_hashes(token_hashes: NDArray[np.uint64], orders: Sequence[int], salt: int) -> list[Hashes]:
    """Return the hashes of the n-grams of each order, by position; an order longer than the text is empty."""
    found: list[Hashes] = []
    running = (token_hashes + np.uint64(salt)) * _SEED
    for order in range(1, max(orders) + 1):
        if order > 1:
            head = running[:-1]
            running = ((head ^ (head >> np.uint64(29))) * _SEED + token_hashes[order - 1 :]) * _MIX
        if order in orders:
            found.append((running >> np.uint64(32)).astype(np.uint32))
    return found


class FeatureHasher:
    """Hashes words and remembers a bounded number of them, so that a text costs one look-up per token."""

    def __init__(self, anchors: frozenset[str]) -> None:
        self._anchors = anchors
        self._seen: dict[str, tuple[int, int]] = {}

    def streams(self, tokens: Sequence[str]) -> tuple[Hashes, Hashes]:
        """Return the n-grams of the word stream and of the shape stream, in no particular order."""
        words, shapes = self.streams_by_order(tokens)
        return np.concatenate(words), np.concatenate(shapes)

    def streams_by_order(self, tokens: Sequence[str]) -> tuple[list[Hashes], list[Hashes]]:
        """Return the same n-grams as one array per order, each n-gram at the index of its first token."""
        pairs = np.array([self._seen.get(token) or self._learn(token) for token in tokens], dtype=np.uint64)
        pairs = pairs.reshape(-1, 2)
        words = gram_hashes(np.ascontiguousarray(pairs[:, 0]), WORD_ORDERS, salt=1)
        return words, gram_hashes(np.ascontiguousarray(pairs[:, 1]), SHAPE_ORDERS, salt=2)

    def _learn(self, token: str) -> tuple[int, int]:
        if len(self._seen) >= _CACHE_LIMIT:
            self._seen.clear()
        kept = token if token in self._anchors or not token[0].isalpha() else shape(token)
        self._seen[token] = pair = (_hash(token), _hash(kept))
        return pair
