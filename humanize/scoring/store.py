"""The detector's file: plain arrays in .npz (never a pickle) and a manifest that names their hash.

A file that does not match its manifest is refused: scores of different weights must not mix under one version.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from humanize.scoring.features import Hasher
from humanize.scoring.model import Calibration, Stream

ARRAYS = "detector.npz"
MANIFEST = "detector.json"


class WeightsError(RuntimeError):
    """The shipped weights are damaged or do not belong to their manifest."""


@dataclass(frozen=True, slots=True)
class Band:
    """A range of AI-likeness from ``threshold`` up; ``fpr`` is the share of held-out human texts that reach it."""

    name: str
    threshold: float
    fpr: float


@dataclass(frozen=True, slots=True)
class Manifest:
    version: str
    sha256: str
    flag_threshold: float
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Detector:
    """Ready to score: hashes tokens, adds up the weights, turns the margin into a probability."""

    hasher: Hasher
    words: Stream
    shapes: Stream
    bias: float
    calibration: Calibration

    def margin(self, tokens: list[str]) -> float:
        words, shapes = self.hasher.streams(tokens)
        return self.words.margin(words) + self.shapes.margin(shapes) + self.bias

    def probability(self, tokens: list[str], words: int) -> float:
        """Probability (even odds of human and AI) that a model wrote these tokens, of which ``words`` are words."""
        return self.calibration.probability(self.margin(tokens), words)

    def lean(self, tokens: Sequence[str], ranges: Sequence[tuple[int, int]]) -> list[float]:
        """The probability of each range of tokens on its own evidence; short ranges are uncertain, not neutral."""
        words, shapes = self.hasher.placed(tokens)
        margins = self.words.margins(words, ranges) + self.shapes.margins(shapes, ranges) + self.bias
        lengths = (last - first for first, last in ranges)
        return [self.calibration.probability(m, n) for m, n in zip(margins.tolist(), lengths, strict=True)]


def _read(name: str) -> bytes:
    return files("humanize.scoring").joinpath("weights", name).read_bytes()


@lru_cache(maxsize=1)
def manifest() -> Manifest:
    raw = json.loads(_read(MANIFEST))
    bands = tuple(Band(band["name"], band["threshold"], band["fpr"]) for band in raw["bands"])
    return Manifest(raw["version"], raw["sha256"], raw["flag_threshold"], bands)


@lru_cache(maxsize=1)
def detector() -> Detector:
    """The shipped detector, read and checked once a process."""
    return unpack(_read(ARRAYS), manifest().sha256)


def unpack(raw: bytes, sha256: str) -> Detector:
    """Raises WeightsError unless the bytes have that hash."""
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise WeightsError("The detector's weights do not match their manifest: reinstall, or train them again.")
    with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
        anchors = frozenset(arrays["anchors"].tobytes().decode().split("\n"))
        scalars = [float(value) for value in arrays["scalars"]]
        streams = [
            Stream(
                arrays[f"{name}_keys"],
                arrays[f"{name}_idf"].astype(np.float32),
                arrays[f"{name}_coef"].astype(np.float32),
            )
            for name in ("words", "shapes")
        ]
    return Detector(Hasher(anchors), streams[0], streams[1], scalars[0], Calibration(*scalars[1:5]))
