"""Reads a detector from its folder: a manifest that names its kind, and the files of that kind.

A file that does not match its manifest is refused: scores of different weights must not mix under one version. The
shipped detector is in the package; `load_detector` reads others, such as a version of the registry.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from humanize.scoring import linear
from humanize.scoring.detector import Band, Detector, DetectorError

MANIFEST = "detector.json"
LINEAR = "linear"
_SHIPPED = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `detector.json` says of every kind of detector: its name, the hash of its weights, its flag and bands."""

    kind: str
    version: str
    sha256: str
    flag_threshold: float
    bands: tuple[Band, ...]


KindLoader = Callable[[Path, Manifest], Detector]
"""Reads the files of one kind of detector from its folder. May raise OSError, and DetectorError for damaged ones."""


def _load_linear(folder: Path, manifest: Manifest) -> Detector:
    model = linear.unpack((folder / linear.ARRAYS).read_bytes(), manifest.sha256)
    return linear.LinearDetector(model, manifest.version, manifest.bands, manifest.flag_threshold)


DETECTOR_KINDS: dict[str, KindLoader] = {LINEAR: _load_linear}


@lru_cache(maxsize=1)
def shipped_manifest() -> Manifest:
    """Return the manifest of the package's own detector, read once a process."""
    return parse_manifest((_SHIPPED / MANIFEST).read_bytes())


@lru_cache(maxsize=1)
def shipped_detector() -> Detector:
    """Return the package's own detector, read and checked once a process. Raises DetectorError where it is damaged."""
    return load_detector(_SHIPPED)


def load_detector(folder: Path, *, version: str = "") -> Detector:
    """Read the detector in `folder`; `version` is the name that it goes by, its own where that is empty.

    Raises DetectorError, whatever is missing or damaged.
    """
    try:
        manifest = parse_manifest((folder / MANIFEST).read_bytes())
        read = DETECTOR_KINDS.get(manifest.kind)
        if read is None:
            known = ", ".join(sorted(DETECTOR_KINDS))
            raise DetectorError(f"{MANIFEST} names the kind {manifest.kind!r}; this version reads {known}")
        return read(folder, replace(manifest, version=version or manifest.version))
    except OSError as error:
        raise DetectorError(f"A file of the detector cannot be read: {error}") from error


def parse_manifest(raw: bytes) -> Manifest:
    """Read `detector.json`. Raises DetectorError."""
    try:
        found: dict[str, Any] = json.loads(raw)  # its values are checked by the conversions below
        bands = tuple(Band(str(one["name"]), float(one["threshold"]), float(one["fpr"])) for one in found["bands"])
        flag = float(found["flag_threshold"])
        manifest = Manifest(str(found["kind"]), str(found["version"]), str(found["sha256"]), flag, bands)
    except (ValueError, KeyError, TypeError) as error:
        raise DetectorError(f"{MANIFEST} is not a manifest of a detector: {error!r}") from error
    # Every value falls into a band, or a score would have no name.
    if not bands or min(band.threshold for band in bands) > 0.0:
        raise DetectorError(f"{MANIFEST} has no band that begins at 0")
    return manifest


BANDS: tuple[Band, ...] = shipped_manifest().bands
FLAG_THRESHOLD: float = shipped_manifest().flag_threshold
