"""Writes the detector's file and manifest. The same model always gives the same bytes."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from humanize.scoring.detector import Band
from humanize.scoring.linear import ARRAYS, Calibration
from humanize.scoring.loader import LINEAR, MANIFEST
from humanize.scoring.train.fit import FittedModel
from humanize.scoring.train.human_rates import MeasuredRate

MODEL_VERSION = "2.0.0"


def pack(model: FittedModel, calibration: Calibration, anchors: Sequence[str]) -> bytes:
    """Return an uncompressed .npz without pickles. Its dates are fixed, so equal arrays give equal bytes."""
    scale = (calibration.slope, calibration.slope_by_length, calibration.shift, calibration.shift_by_length)
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "anchors": np.frombuffer("\n".join(anchors).encode(), dtype=np.uint8),
        "scalars": np.array([model.bias, *scale], dtype=np.float32),
    }
    for name, stream in (("words", model.words), ("shapes", model.shapes)):
        arrays |= {f"{name}_keys": stream.keys, f"{name}_idf": stream.idf, f"{name}_coef": stream.coef}
    target = io.BytesIO()
    np.savez(target, allow_pickle=False, **arrays)
    return target.getvalue()


def write(raw: bytes, bands: Sequence[Band], folder: Path, rates: Sequence[MeasuredRate] = ()) -> str:
    """Write the file and its manifest; return the version, made unique by the beginning of the file's hash."""
    digest = hashlib.sha256(raw).hexdigest()
    version = f"{MODEL_VERSION}+{digest[:12]}"
    table = [{"name": band.name, "threshold": band.threshold} for band in bands]
    manifest = {
        "kind": LINEAR,
        "version": version,
        "sha256": digest,
        "flag_threshold": bands[1].threshold,
        "bands": table,
        "human_rates": [rate.as_json() for rate in rates],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ARRAYS).write_bytes(raw)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    return version
