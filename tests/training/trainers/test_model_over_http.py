"""The trained model says the same in this process and over HTTP."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from humanize.pipeline.revision_engine import prepare
from humanize.revision.arrays import arrays_of
from humanize.revision.candidates import candidates
from humanize.revision.model import read_model
from serving.backends.local import LocalBackend
from serving.backends.runtime import Artifact
from tests.training.trainers.drafts import SMALL, write_channel, write_hyperparameters

ROOT = Path(__file__).resolve().parents[3]
TEXT = "Furthermore, the rowing club utilizes a robust plan near the river. It opened in 1987."
NAMES = {"float32": "FP32", "int32": "INT32", "int64": "INT64"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("job")
    write_channel(base, "train", 60, seed=1)
    write_hyperparameters(base, **SMALL)
    subprocess.run(
        [sys.executable, "-m", "training.trainers.revision_linear"],
        env=os.environ | {"SAGEMAKER_BASE_DIR": str(base)}, check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    return base / "model"


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "manage.py", "serve_model", str(folder / "model.onnx"), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ.copy(), stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            assert process.poll() is None, "the server ended"
            try:
                httpx.get(f"http://127.0.0.1:{port}/ping", timeout=2)
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def test_the_scores_are_those_of_the_model_in_process(folder: Path, address: str) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    sha256 = next(one["sha256"] for one in manifest["files"] if one["path"] == "model.onnx")
    model, draft = read_model((folder / "revision.json").read_bytes()), prepare(TEXT)
    found = candidates(draft.tokens, draft.closed, draft.proposed, model.table)
    arrays = arrays_of(model, draft.tokens, found, draft.protected, draft.signals)
    here = LocalBackend("here", Artifact(folder / "model.onnx", sha256)).score(arrays)
    inputs = [
        {"name": name, "shape": list(value.shape), "datatype": NAMES[value.dtype.name], "data": value.ravel().tolist()}
        for name, value in arrays.items()
    ]
    answer = httpx.post(f"{address}/v2/models/revision/infer", json={"inputs": inputs}, timeout=30).json()
    there = {one["name"]: np.array(one["data"], dtype=np.float32) for one in answer["outputs"]}
    assert len(found) > 0
    assert sorted(there) == ["rank", "where"]
    for name in there:
        np.testing.assert_array_equal(there[name], here[name])
