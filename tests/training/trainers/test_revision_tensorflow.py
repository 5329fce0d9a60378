"""The TensorFlow trainer as a process: the same contract, and a SavedModel that gives the same as the served graph."""

from __future__ import annotations

import signal
import zipfile
from pathlib import Path

import numpy as np
import pytest

from humanize.backends.revision import from_folder
from humanize.pipeline.revision_engine import prepare
from humanize.revision.arrays import arrays_of
from humanize.revision.candidates import candidate_edits
from humanize.revision.model import read_model
from serving.backends.base import RewriteRequest
from tests.training.trainers import neural
from training.contract.executor import EvaluationRequest
from training.contract.model_folder import read_model as read_folder
from training.evaluation.revision import evaluate
from training.trainers.revision.session import GraphSession

pytestmark = pytest.mark.tensorflow
NAME = "revision_tensorflow"
TEXT = "Furthermore, the harbour office utilizes a robust plan for its members. It opened in 1987."


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = neural.job(tmp_path_factory.mktemp("job"))
    done = neural.run(NAME, base)
    assert done.returncode == 0, done.stderr
    return base


def test_every_file_is_named_with_its_hash(trained: Path) -> None:
    packed = read_folder(trained / "model")
    assert sorted(one.name for one in packed.files) == [
        "manifest.json",
        "model.onnx",
        "network.json",
        "revision.json",
        "saved_model.zip",
        "weights.safetensors",
    ]
    assert packed.framework == "tensorflow"


def test_the_signature_takes_and_gives_what_the_manifest_says(trained: Path, tmp_path: Path) -> None:
    import tensorflow as tf

    manifest = neural.manifest(trained)
    with zipfile.ZipFile(trained / "model" / "saved_model.zip") as archive:
        archive.extractall(tmp_path)
    loaded = tf.saved_model.load(str(tmp_path))
    serve = loaded.signatures["serving_default"]
    model = read_model((trained / "model" / "revision.json").read_bytes())
    draft = prepare(TEXT)
    found = candidate_edits(draft.tokens, draft.closed, draft.signals.edits, model.table)
    fed = arrays_of(model, draft.tokens, found, draft.protected, draft.signals)
    assert sorted(fed) == sorted(one["name"] for one in manifest["inputs"])
    theirs = {name: value.numpy() for name, value in serve(**{name: tf.constant(v) for name, v in fed.items()}).items()}
    ours = GraphSession((trained / "model" / "model.onnx").read_bytes()).score(fed)
    assert sorted(theirs) == sorted(one["name"] for one in manifest["outputs"])
    assert theirs["rank"].shape == (len(found),)
    assert len(found) > 1
    for name in ("where", "rank"):
        np.testing.assert_allclose(theirs[name], np.asarray(ours[name], np.float32), atol=1e-5)


def test_it_is_judged_and_answers_in_process(trained: Path) -> None:
    ask = EvaluationRequest("humanize", NAME, trained / "model", trained / "input" / "data")
    figures = {figure.name: figure for figure in evaluate(ask).figures}
    assert figures["where_auroc"].value > 0.8
    answer = from_folder(trained / "model").rewrite(RewriteRequest(TEXT, level=5, format="text"))
    assert ("utilizes", "uses") in {(TEXT[one.start : one.end], one.after) for one in answer.replacements}


@pytest.mark.parametrize(("step", "signum", "status"), [(4, signal.SIGTERM, 143), (9, signal.SIGKILL, -9)])
def test_a_stopped_and_resumed_run_ends_in_the_same_weights(
    trained: Path, tmp_path: Path, step: int, signum: int, status: int
) -> None:
    base = neural.job(tmp_path)
    assert neural.stopped_at(NAME, base, step, signum) == status
    again = neural.run(NAME, base)
    assert again.returncode == 0, again.stderr
    assert "resumed at step" in again.stdout
    served = ("model.onnx", "revision.json", "weights.safetensors", "network.json")
    assert {name: neural.hashes(base)[name] for name in served} == {
        name: neural.hashes(trained)[name] for name in served
    }
