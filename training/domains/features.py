"""A text as the model of domains sees it: which words of its vocabulary, how often, in logarithms, at length one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?|[?!]|\d+")
_MOST_CHARACTERS = 6_000  # a book's beginning says what it is


def tokens(text: str) -> list[str]:
    """Small letters; every number is the one word 0; questions and calls count."""
    found = _WORD.findall(text[:_MOST_CHARACTERS].lower())
    return ["0" if one[0].isdigit() else one.replace("’", "'") for one in found]


def vector(text: str, places: Mapping[str, int]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32]]:
    """Places in the vocabulary and their values; both empty for a text of unknown words."""
    counted = Counter(place for one in tokens(text) if (place := places.get(one)) is not None)
    where = np.fromiter(counted.keys(), dtype=np.intp, count=len(counted))
    values = np.log1p(np.fromiter(counted.values(), dtype=np.float32, count=len(counted)))
    return where, (values / max(float(np.linalg.norm(values)), 1e-9)).astype(np.float32)
