"""Turns hashed texts into sparse matrices: counted once over all texts, then cut to what a training set supports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from humanize.scoring.features import FeatureHasher, Hashes
from humanize.scoring.train.corpus import CorpusText

ANCHORS = 400
Floats = NDArray[np.float64]


def anchors(samples: Sequence[CorpusText]) -> list[str]:
    """Return the 400 words that occur in most texts; they keep their form in the shape stream."""
    found = Counter(token for sample in samples for token in set(sample.tokens))
    return [token for token, _ in sorted(found.items(), key=lambda item: (-item[1], item[0]))[:ANCHORS]]


@dataclass(frozen=True, slots=True)
class CountMatrix:
    """One stream of all texts as a matrix: a row per text, a column per key, damped counts (1 + log) as values."""

    keys: Hashes
    values: csr_matrix

    def rows(self, keep: NDArray[np.bool_]) -> CountMatrix:
        return CountMatrix(self.keys, self.values[np.flatnonzero(keep)])

    def onto(self, keys: Hashes) -> CountMatrix:
        """Return the same texts with the columns of another sorted list of keys; unknown keys get empty columns."""
        old = np.searchsorted(keys, self.keys)
        known = keys[np.minimum(old, len(keys) - 1)] == self.keys
        cut = self.values[:, np.flatnonzero(known)].tocoo()
        places = old[known][cut.col]
        return CountMatrix(keys, csr_matrix((cut.data, (cut.row, places)), shape=(cut.shape[0], len(keys))))


def count(samples: Sequence[CorpusText], hasher: FeatureHasher, min_texts: int = 1) -> tuple[CountMatrix, CountMatrix]:
    """Count the word stream and the shape stream; n-grams in fewer than `min_texts` texts are dropped."""
    words, shapes = zip(*(hasher.streams(sample.tokens) for sample in samples), strict=True)
    return _count(words, min_texts), _count(shapes, min_texts)


def _count(texts: Sequence[Hashes], min_texts: int) -> CountMatrix:
    counted = [np.unique(grams, return_counts=True) for grams in texts]
    keys, found = np.unique(np.concatenate([grams for grams, _ in counted]), return_counts=True)
    keys = keys[found >= min_texts]
    starts, places, values = [0], [], []
    for grams, counts in counted:
        where = np.minimum(np.searchsorted(keys, grams), len(keys) - 1)
        known = keys[where] == grams
        places.append(where[known])
        values.append(1.0 + np.log(counts[known]))
        starts.append(starts[-1] + int(known.sum()))
    shape = (len(texts), len(keys))
    return CountMatrix(keys, csr_matrix((np.concatenate(values), np.concatenate(places), starts), shape=shape))


def supported_columns(
    counts: CountMatrix, domains: NDArray[np.str_], min_texts: int, min_domains: int
) -> NDArray[np.bool_]:
    """Return which columns occur in enough texts and domains; words of a single subject do not show who wrote a text.

    If the texts have fewer than `min_domains` domains, a column must occur in all of them.
    """
    seen = counts.values.astype(bool).astype(np.int32)
    names, where = np.unique(domains, return_inverse=True)
    member = csr_matrix((np.ones(len(where), dtype=np.int32), (where, np.arange(len(where)))))
    spread = np.asarray(((member @ seen) > 0).sum(axis=0)).ravel()
    return np.asarray((np.asarray(seen.sum(axis=0)).ravel() >= min_texts) & (spread >= min(min_domains, len(names))))


def inverse_frequency(counts: CountMatrix) -> NDArray[np.float16]:
    """Return the inverse document frequencies in half precision, as they are stored; rarer n-grams weigh more."""
    found = np.asarray(counts.values.astype(bool).sum(axis=0)).ravel()
    idf = np.log((counts.values.shape[0] + 1) / (found + 1)) + 1
    return np.asarray(idf.astype(np.float16))


def tfidf_rows(values: csr_matrix, idf: NDArray[np.float16]) -> csr_matrix:
    """Return TF-IDF rows of unit length, equal to what `Stream.margin` computes in use."""
    rows = csr_matrix(values @ diags(idf.astype(np.float64)))
    norms = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return csr_matrix(diags(1.0 / np.where(norms > 0, norms, 1.0)) @ rows)
