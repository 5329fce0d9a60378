"""Hashes words and n-grams, with the same result in every process. Vectorised: a text costs one look-up per token."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
_ENDINGS = (
    *("ing", "ed", "ly", "tion", "sion", "ment", "ness", "ity", "ive", "ous", "ful", "al", "able", "ible"),
    *("er", "est", "ance", "ence", "ic", "ize", "ate", "ies", "es", "s", "y"),
)
_LONG_WORD = 6
_CACHE_LIMIT = 100_000
_SEED = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_LAST = np.uint64(0x94D049BB133111EB)


def shape(word: str) -> str:
    """Return the ending that represents a rare word."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return "-" + ending
    return "-L" if len(word) > _LONG_WORD else "-S"


class Hasher:
    """Gives each word four keys: the word, its shape, its first and its last letters.

    Words in `anchors` are their own shape.
    """

    def __init__(self, anchors: frozenset[str]) -> None:
        self._anchors = anchors
        self._seen: dict[str, tuple[int, int, int, int]] = {}

    def keys(self, words: Sequence[str]) -> Keys:
        """Return the keys as an array `[n, 4]`, one row per word."""
        found = [self._seen.get(word) or self._learn(word) for word in words]
        return np.array(found, dtype=np.uint64).reshape(-1, 4)

    def _learn(self, word: str) -> tuple[int, int, int, int]:
        if len(self._seen) >= _CACHE_LIMIT:
            self._seen.clear()
        plain = "0" if word[:1].isdigit() else word
        kept = plain if plain in self._anchors or not plain[:1].isalpha() else shape(plain)
        keys = (_crc(plain), _crc(kept + "#"), _crc(plain[:3] + "<"), _crc(">" + plain[-3:]))
        self._seen[word] = keys
        return keys


def combine(salt: int, *columns: Keys) -> Keys:
    """Return one hash per row of the columns; the order of the columns matters."""
    mixed = np.full(len(columns[0]), salt, dtype=np.uint64) * _SEED
    for column in columns:
        mixed = _mixed(mixed + column * _SEED)
    return mixed


def buckets(keys: Keys, bits: int) -> NDArray[np.int32]:
    return np.asarray((keys >> np.uint64(64 - bits)).astype(np.int32))


def _mixed(keys: Keys) -> Keys:
    keys = (keys ^ (keys >> np.uint64(30))) * _MIX
    keys = (keys ^ (keys >> np.uint64(27))) * _LAST
    return keys ^ (keys >> np.uint64(31))


def _crc(token: str) -> int:
    return zlib.crc32(token.encode("utf-8", "surrogatepass"))
