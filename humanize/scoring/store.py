"""The detector's file: plain arrays in .npz (never a pickle) and a manifest that names their hash.

A file that does not match its manifest is refused: scores of different weights must not mix under one version. The
shipped weights are in the package; `from_folder` reads others, such as a version of the registry.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from humanize.scoring.features import Hasher
from humanize.scoring.model import Calibration, Stream

ARRAYS = "detector.npz"
MANIFEST = "detector.json"


class WeightsError(RuntimeError):
    """The weights are damaged or do not belong to their manifest."""


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

    def named(self, version: str) -> Manifest:
        return replace(self, version=version)


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


@dataclass(frozen=True, slots=True)
class Weights:
    """A detector with its bands, under the name that its scores carry."""

    detector: Detector
    manifest: Manifest

    @property
    def version(self) -> str:
        return self.manifest.version


def _read(name: str) -> bytes:
    return files("humanize.scoring").joinpath("weights", name).read_bytes()


@lru_cache(maxsize=1)
def manifest() -> Manifest:
    return parse(_read(MANIFEST))


@lru_cache(maxsize=1)
def shipped() -> Weights:
    """The weights of the package, read and checked once a process."""
    return Weights(unpack(_read(ARRAYS), manifest().sha256), manifest())


def from_folder(folder: Path, *, version: str = "") -> Weights:
    """Other weights; `version` is the name they go by, their own where it is empty. Raises WeightsError."""
    try:
        about = parse((folder / MANIFEST).read_bytes())
        return Weights(unpack((folder / ARRAYS).read_bytes(), about.sha256), about.named(version or about.version))
    except OSError as error:
        raise WeightsError(f"A detector is two files, {ARRAYS} and {MANIFEST}: {error}") from error


def parse(raw: bytes) -> Manifest:
    """Raises WeightsError."""
    try:
        found = json.loads(raw)
        bands = tuple(Band(str(one["name"]), float(one["threshold"]), float(one["fpr"])) for one in found["bands"])
        made = Manifest(str(found["version"]), str(found["sha256"]), float(found["flag_threshold"]), bands)
    except (ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{MANIFEST} is no manifest of a detector: {error!r}") from error
    # Every value falls into a band, or a score would have no name.
    if not bands or min(band.threshold for band in bands) > 0.0:
        raise WeightsError(f"{MANIFEST} has no band that begins at 0")
    return made


def unpack(raw: bytes, sha256: str) -> Detector:
    """Raises WeightsError unless the bytes have that hash."""
    if hashlib.sha256(raw).hexdigest() != sha256:
        raise WeightsError("The detector's weights do not match their manifest: reinstall, or train them again.")
    try:
        return _unpacked(raw)
    except (ValueError, KeyError, IndexError, TypeError, BadZipFile) as error:
        raise WeightsError(f"{ARRAYS} does not hold a detector's arrays: {error!r}") from error


def _unpacked(raw: bytes) -> Detector:
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
