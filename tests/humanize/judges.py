"""Versions of the registered model `judge`: the shipped weights with another slope, so that their margins differ."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from humanize.judging.loader import ARRAYS, MANIFEST, SHIPPED
from registry.contracts import GateCheck, GateResult, LocalFile, Metric, VersionSpec
from registry.models import ModelVersion, RegisteredModel
from registry.versions import lifecycle, publish


def publish_judge(folder: Path, *, slope: float = 2.0, band: float = 1.0) -> ModelVersion:
    shutil.copytree(SHIPPED, folder)
    about = json.loads((folder / MANIFEST).read_text("utf-8")) | {"slope": slope, "band": band}
    (folder / MANIFEST).write_text(json.dumps(about), "utf-8")
    RegisteredModel.objects.filter(name="judge").exists() or lifecycle.register_model(
        name="judge", task="judge", actor="tests"
    )
    files = [LocalFile(folder / ARRAYS, "model"), LocalFile(folder / MANIFEST, "config")]
    spec = VersionSpec(
        metrics=(Metric("right", 0.9),), gate=GateResult((GateCheck("right", True),)), dataset_hash="d" * 64
    )
    return publish.publish_version(model="judge", actor="tests", files=files, spec=spec)
