"""Reads a detector from its folder: a manifest with its kind, and the files of that kind.

A file that does not match its manifest is refused, since scores by different weights must not share a version. The
shipped detector is in this package; `load_detector` reads others, such as a version from the registry.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from humanize.scoring import linear
from humanize.scoring.detector import Band, Detector, DetectorError, HumanRate

MANIFEST = "detector.json"
LINEAR = "linear"
_SHIPPED = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of `detector.json` for any kind of detector. `human_rates` is empty if they were not measured."""

    kind: str
    version: str
    sha256: str
    flag_threshold: float
    bands: tuple[Band, ...]
    human_rates: tuple[HumanRate, ...] = ()


KindLoader = Callable[[Path, Manifest], Detector]
"""Reads the files of one kind of detector from its folder. May raise OSError, or DetectorError for damaged files."""


def _load_linear(folder: Path, manifest: Manifest) -> Detector:
    model = linear.unpack((folder / linear.ARRAYS).read_bytes(), manifest.sha256)
    return linear.LinearDetector(model, manifest.version, manifest.bands, manifest.flag_threshold, manifest.human_rates)


DETECTOR_KINDS: dict[str, KindLoader] = {LINEAR: _load_linear}


@lru_cache(maxsize=1)
def shipped_manifest() -> Manifest:
    """Return the manifest of the shipped detector; it is read once per process."""
    return parse_manifest((_SHIPPED / MANIFEST).read_bytes())


@lru_cache(maxsize=1)
def shipped_detector() -> Detector:
    """Return the shipped detector; it is read and checked once per process. Raises DetectorError if it is damaged."""
    return load_detector(_SHIPPED)


def load_detector(folder: Path, *, version: str = "") -> Detector:
    """Read the detector in `folder`. `version` replaces the version in its manifest, unless it is empty.

    Raises DetectorError if a file is missing or damaged.
    """
    try:
        manifest = parse_manifest((folder / MANIFEST).read_bytes())
        read = DETECTOR_KINDS.get(manifest.kind)
        if read is None:
            known = ", ".join(sorted(DETECTOR_KINDS))
            raise DetectorError(f"{MANIFEST} has the unknown kind {manifest.kind!r}; this version reads {known}")
        return read(folder, replace(manifest, version=version or manifest.version))
    except OSError as error:
        raise DetectorError(f"A file of the detector cannot be read: {error}") from error


def parse_manifest(raw: bytes) -> Manifest:
    """Read `detector.json`. Raises DetectorError."""
    try:
        found: dict[str, Any] = json.loads(raw)  # its values are checked by the conversions below
        bands = tuple(Band(str(one["name"]), float(one["threshold"])) for one in found["bands"])
        flag = float(found["flag_threshold"])
        rates = tuple(_human_rate(one) for one in found.get("human_rates", ()))
        manifest = Manifest(str(found["kind"]), str(found["version"]), str(found["sha256"]), flag, bands, rates)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise DetectorError(f"{MANIFEST} is not a manifest of a detector: {error!r}") from error
    # Every score must fall into a band.
    if not bands or min(band.threshold for band in bands) > 0.0:
        raise DetectorError(f"{MANIFEST} has no band with the threshold 0; add one")
    return manifest


def _human_rate(found: dict[str, Any]) -> HumanRate:
    upper = {str(band): float(share["interval"][1]) for band, share in found["bands"].items()}
    return HumanRate(str(found["name"]), str(found["genre"]), int(found["texts"]), upper)


BANDS: tuple[Band, ...] = shipped_manifest().bands
FLAG_THRESHOLD: float = shipped_manifest().flag_threshold
