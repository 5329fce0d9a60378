"""Versions of the registered model `detector`: the shipped weights leaning another way, so that scores differ."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from humanize.scoring.linear import ARRAYS
from humanize.scoring.loader import MANIFEST
from humanize.scoring.train.pack import write
from registry.contracts import GateCheck, GateResult, LocalFile, Metric, VersionSpec
from registry.models import ModelVersion, RegisteredModel
from registry.versions import lifecycle, promotion, publish

WEIGHTS = Path(__file__).resolve().parents[2] / "humanize" / "scoring" / "weights"
PASSED = GateResult((GateCheck("auroc", True),))


def leaning(folder: Path, by: float) -> Path:
    """A detector's two files whose margins are moved by so much."""
    from humanize.scoring import BANDS

    with np.load(WEIGHTS / ARRAYS) as arrays:
        held = {name: arrays[name] for name in arrays.files}
    held["scalars"] = held["scalars"] + np.array([by, 0, 0, 0, 0], dtype=np.float32)
    target = io.BytesIO()
    np.savez(target, **held)
    write(target.getvalue(), BANDS, folder)
    return folder


def champion(folder: Path, by: float = -3.0) -> ModelVersion:
    """Published and promoted."""
    leaning(folder, by)
    RegisteredModel.objects.filter(name="detector").exists() or lifecycle.register_model(
        name="detector", task="detect", actor="tests"
    )
    files = [LocalFile(folder / ARRAYS, "model"), LocalFile(folder / MANIFEST, "config")]
    spec = VersionSpec(metrics=(Metric("auroc", 0.99),), gate=PASSED, dataset_hash="d" * 64)
    version = publish.publish_version(model="detector", actor="tests", files=files, spec=spec)
    promotion.promote(version=version, alias="champion", actor="tests", reason="better")
    return version
