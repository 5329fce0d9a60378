"""The trained model gives the same result in this process and over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from humanize.pipeline.revision_engine import prepare
from humanize.revision.arrays import arrays_of
from humanize.revision.candidates import candidate_edits
from humanize.revision.model import read_model
from serving.backends.local import LocalBackend
from serving.backends.runtime import Artifact
from tests.services import model_server
from tests.waiting import HANG_S

TEXT = "Furthermore, the rowing club utilizes a robust plan near the river. It opened in 1987."
NAMES = {"float32": "FP32", "int32": "INT32", "int64": "INT64"}


@pytest.fixture
def folder(revision_job: Path) -> Path:
    return revision_job / "model"


@pytest.fixture
def address(folder: Path, tmp_path: Path) -> Iterator[str]:
    with model_server.running(folder / "model.onnx", log=tmp_path / "log") as started:
        yield started


def test_the_scores_are_those_of_the_model_in_process(folder: Path, address: str) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    sha256 = next(one["sha256"] for one in manifest["files"] if one["path"] == "model.onnx")
    model, draft = read_model((folder / "revision.json").read_bytes()), prepare(TEXT)
    found = candidate_edits(draft.tokens, draft.closed, draft.proposed, model.table)
    arrays = arrays_of(model, draft.tokens, found, draft.protected, draft.signals)
    here = LocalBackend("here", Artifact(folder / "model.onnx", sha256)).score(arrays)
    inputs = [
        {"name": name, "shape": list(value.shape), "datatype": NAMES[value.dtype.name], "data": value.ravel().tolist()}
        for name, value in arrays.items()
    ]
    answer = httpx.post(f"{address}/v2/models/revision/infer", json={"inputs": inputs}, timeout=HANG_S).json()
    there = {one["name"]: np.array(one["data"], dtype=np.float32) for one in answer["outputs"]}
    assert len(found) > 0
    assert sorted(there) == ["rank", "where"]
    for name in there:
        np.testing.assert_array_equal(there[name], here[name])
