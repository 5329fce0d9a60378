"""Writes the two files of a judge. The same model always gives the same bytes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from humanize.judging.design import Design
from humanize.judging.judge import pack
from humanize.judging.loader import ARRAYS, MANIFEST
from humanize.judging.train.fit import Floats, MarginScale

MODEL_VERSION = "1.0.0"


def files(design: Design, weights: Floats, calibration: MarginScale) -> tuple[bytes, bytes, str]:
    """Return the weights' file, the manifest and the version, made unique by the beginning of the file's hash."""
    raw = pack(weights.astype("float32"))
    digest = hashlib.sha256(raw).hexdigest()
    version = f"{MODEL_VERSION}+{digest[:12]}"
    manifest = {
        "kind": design.kind,
        "version": version,
        "sha256": digest,
        "slope": calibration.slope,
        "band": calibration.band,
    }
    return raw, (json.dumps(manifest, indent=2) + "\n").encode(), version


def write(folder: Path, raw: bytes, manifest: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ARRAYS).write_bytes(raw)
    (folder / MANIFEST).write_bytes(manifest)
