"""Near duplicates: MinHash over 3-word shingles, candidates by bands, then the exact Jaccard index. Pure NumPy.

The usual 5-word shingles at 0.8 find a fifth of the texts in which 3 % of the words were changed. These find nearly
all, and the exact comparison removes the false candidates of the looser bands.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

SHINGLE_WORDS = 3
THRESHOLD = 0.5
BANDS = 20
ROWS = 3  # with 20 bands of 3, texts at Jaccard 0.5 become candidates with a probability of 93 %, at 0.6 with 99 %

Hashes = npt.NDArray[np.uint64]
Keys = npt.NDArray[np.int64]
_WORD = re.compile(r"[^\W_]+")
_MIX = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], dtype=np.uint64)
_HALF = np.uint64(32)
_random = np.random.default_rng(20260101)  # fixed: keys that were computed on different days must match
_MULTIPLY = _random.integers(1, 2**63, BANDS * ROWS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_ADD = _random.integers(0, 2**63, BANDS * ROWS, dtype=np.uint64)
_BAND_MIX = _random.integers(1, 2**63, (BANDS, ROWS), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_BAND_SALT = _random.integers(0, 2**63, BANDS, dtype=np.uint64)


def content_hash(original: str, humanized: str) -> str:
    """Return the SHA-256 of the pair; it is equal only for exact duplicates."""
    return hashlib.sha256(f"{len(original)}\n{original}\n{humanized}".encode()).hexdigest()


def kept_hash(humanized: str) -> str:
    """Return the SHA-256 of the words: for a model, texts that differ only in case and punctuation are the same."""
    return hashlib.sha256(" ".join(_WORD.findall(humanized.lower())).encode()).hexdigest()


def shingles(text: str) -> Hashes:
    """Return the distinct 3-word shingles as sorted 64-bit hashes; a shorter text is one shingle."""
    words = _WORD.findall(text.lower())
    if not words:
        return np.zeros(0, dtype=np.uint64)
    hashes = np.fromiter(map(_word_hash, words), dtype=np.uint64, count=len(words))
    if len(hashes) < SHINGLE_WORDS:
        hashes = np.concatenate([hashes, np.zeros(SHINGLE_WORDS - len(hashes), dtype=np.uint64)])
    mixed = hashes[:-2] * _MIX[0] + hashes[1:-1] * _MIX[1] + hashes[2:] * _MIX[2]
    return np.unique(mixed ^ (mixed >> _HALF))


def band_keys(shingle_hashes: Hashes) -> Keys:
    """Return one key per band for the index; texts that share a key are candidates. No keys for an empty text."""
    if not len(shingle_hashes):
        return np.zeros(0, dtype=np.int64)
    signature = ((shingle_hashes[None, :] * _MULTIPLY[:, None] + _ADD[:, None]) >> _HALF).min(axis=1)
    rows = signature.reshape(BANDS, ROWS)
    keys: Hashes = (rows * _BAND_MIX).sum(axis=1, dtype=np.uint64) ^ _BAND_SALT
    mixed: Keys = (keys ^ (keys >> np.uint64(29))).astype(np.int64)
    return mixed


def jaccard(left: Hashes, right: Hashes) -> float:
    """Return the exact share of common shingles, from 0 to 1; 0 if either text has none."""
    if not len(left) or not len(right):
        return 0.0
    common = len(np.intersect1d(left, right, assume_unique=True))
    return common / (len(left) + len(right) - common)


def is_near_duplicate(left: Hashes, right: Hashes) -> bool:
    return jaccard(left, right) >= THRESHOLD


@lru_cache(maxsize=200_000)
def _word_hash(word: str) -> int:
    data = word.encode()
    return zlib.crc32(data) << 32 | zlib.adler32(data[::-1])
