"""Hashed texts to sparse matrices, with the vocabulary that a training set supports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from humanize.scoring.features import Hasher, Hashes
from humanize.scoring.model import Stream
from humanize.scoring.train.corpus import Sample

ANCHORS = 400


def anchors(samples: Sequence[Sample]) -> list[str]:
    """The words found in most texts: they keep their form in the shape stream."""
    found = Counter(token for sample in samples for token in set(sample.tokens))
    return [token for token, _ in sorted(found.items(), key=lambda item: (-item[1], item[0]))[:ANCHORS]]


@dataclass(frozen=True, slots=True)
class Hashed:
    """The n-grams of every text, once a text, with their counts."""

    grams: list[Hashes]
    counts: list[NDArray[np.intp]]

    def take(self, rows: Sequence[int]) -> Hashed:
        return Hashed([self.grams[row] for row in rows], [self.counts[row] for row in rows])


def hash_all(samples: Sequence[Sample], hasher: Hasher) -> tuple[Hashed, Hashed]:
    """The word stream and the shape stream of all samples."""
    streams = (Hashed([], []), Hashed([], []))
    for sample in samples:
        for stream, grams in zip(streams, hasher.streams(sample.tokens), strict=True):
            unique, counts = np.unique(grams, return_counts=True)
            stream.grams.append(unique)
            stream.counts.append(counts)
    return streams


def vocabulary(texts: Hashed, domains: Sequence[str], min_texts: int, min_domains: int) -> Stream:
    """N-grams of enough texts and enough domains; what one subject alone uses says nothing about who wrote it."""
    keys, found = np.unique(np.concatenate(texts.grams), return_counts=True)
    keys, found = keys[found >= min_texts], found[found >= min_texts]
    spread = np.zeros(len(keys), dtype=np.int64)
    for domain in sorted(set(domains)):
        own = [grams for grams, where in zip(texts.grams, domains, strict=True) if where == domain]
        spread += np.isin(keys, np.unique(np.concatenate(own)))
    wide = spread >= min_domains
    keys, found = keys[wide], found[wide]
    idf = np.log((len(texts.grams) + 1) / (found + 1)) + 1
    idf = idf.astype(np.float16).astype(np.float32)
    return Stream(keys, idf, np.zeros(len(keys), dtype=np.float32))


def matrix(texts: Hashed, stream: Stream) -> csr_matrix:
    """TF-IDF rows of unit length, value for value what ``Stream.locate`` gives in use."""
    starts, places, values = [0], [], []
    for grams, counts in zip(texts.grams, texts.counts, strict=True):
        where = np.minimum(np.searchsorted(stream.keys, grams), len(stream.keys) - 1)
        known = stream.keys[where] == grams
        row = (1.0 + np.log(counts[known])) * stream.idf[where[known]]
        places.append(where[known])
        values.append(row / (np.sqrt(row @ row) or 1.0))
        starts.append(starts[-1] + len(row))
    shape = (len(texts.grams), len(stream.keys))
    return csr_matrix((np.concatenate(values), np.concatenate(places), starts), shape=shape)
