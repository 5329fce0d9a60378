"""The features of the domain model: logarithms of the counts of vocabulary words, scaled to a vector of length one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?|[?!]|\d+")
_MOST_CHARACTERS = 6_000  # the beginning of a long text is enough


def tokens(text: str) -> list[str]:
    """Return lower-case words, question marks and exclamation marks; every number becomes the word 0."""
    words = _WORD.findall(text[:_MOST_CHARACTERS].lower())
    return ["0" if word[0].isdigit() else word.replace("’", "'") for word in words]


def vector(text: str, places: Mapping[str, int]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32]]:
    """Return the indices of the words in the vocabulary and their values; empty for a text of unknown words."""
    counted = Counter(place for word in tokens(text) if (place := places.get(word)) is not None)
    where = np.fromiter(counted.keys(), dtype=np.intp, count=len(counted))
    values = np.log1p(np.fromiter(counted.values(), dtype=np.float32, count=len(counted)))
    return where, (values / max(float(np.linalg.norm(values)), 1e-9)).astype(np.float32)
