"""The PyTorch trainer as a process: its files, stopping and resuming, and its model in serving and at the gate."""

from __future__ import annotations

import signal
from pathlib import Path

import numpy as np
import pytest

from humanize.backends.revision import from_folder
from humanize.revision.token_features import DENSE, TEMPLATES
from serving.backends.base import RewriteRequest
from tests.training.trainers import neural
from training.contract.executor import EvaluationRequest
from training.evaluation.revision import evaluate
from training.trainers.contract import TrainerError
from training.trainers.neural.checkpoints import CheckpointStore
from training.trainers.neural.loop import FitStage, fit
from training.trainers.neural.protocols import TrainingPlan
from training.trainers.neural.shape import Shape, initial
from training.trainers.neural.strips import StripRow, Strips

pytestmark = pytest.mark.torch
NAME = "revision_torch"
TEXT = "Furthermore, the harbour office utilizes a robust plan for its members. It opened in 1987."


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = neural.job(tmp_path_factory.mktemp("job"))
    done = neural.run(NAME, base)
    assert done.returncode == 0, done.stderr
    (base / "log").write_text(done.stdout, "utf-8")
    return base


def test_the_manifest_names_every_file_with_its_hash(trained: Path) -> None:
    manifest = neural.manifest(trained)
    found = neural.hashes(trained)
    found.pop("manifest.json")
    assert {one["path"]: one["sha256"] for one in manifest["files"]} == found
    assert sorted(found) == ["model.onnx", "network.json", "revision.json", "weights.safetensors"]
    assert (manifest["trainer"], manifest["framework"], manifest["task"]) == (NAME, "pytorch", "humanize")


def test_the_graph_says_what_pytorch_says(trained: Path) -> None:
    metrics = neural.manifest(trained)["metrics"]
    assert 0 <= metrics["onnx_difference"] <= 1e-4


def test_progress_ends_at_the_last_step_and_never_goes_back(trained: Path) -> None:
    lines = neural.told((trained / "log").read_text("utf-8"), "progress")
    steps = [line["step"] for line in lines]
    assert steps == sorted(steps)
    assert {line["steps"] for line in lines} == {steps[-1]}
    keys = {str(line["key"]) for line in neural.told((trained / "log").read_text("utf-8"), "metric")}
    assert {"loss", "dev_loss", "without-0/dev_loss", "without-1/dev_loss", "dev_auroc"} <= keys


def test_the_gate_judges_it_as_any_revision_model(trained: Path) -> None:
    thresholds = (("protected_kept", 1.0), ("leaked", 0.0))
    ask = EvaluationRequest("humanize", NAME, trained / "model", trained / "input" / "data", thresholds=thresholds)
    figures = {figure.name: figure for figure in evaluate(ask).figures}
    assert figures["protected_kept"].passed is True
    assert figures["sari_over_copy"].passed is True
    assert figures["where_auroc"].value > 0.8


def test_it_answers_a_rewrite_in_process(trained: Path) -> None:
    answer = from_folder(trained / "model").rewrite(RewriteRequest(TEXT, level=5, format="text"))
    assert ("utilizes", "uses") in {(TEXT[one.start : one.end], one.after) for one in answer.replacements}


@pytest.mark.parametrize(("step", "signum", "status"), [(4, signal.SIGTERM, 143), (9, signal.SIGKILL, -9)])
def test_a_stopped_and_resumed_run_ends_in_the_same_bytes(
    trained: Path, tmp_path: Path, step: int, signum: int, status: int
) -> None:
    base = neural.job(tmp_path)
    assert neural.stopped_at(NAME, base, step, signum) == status
    assert not (base / "model" / "manifest.json").exists()
    again = neural.run(NAME, base)
    assert again.returncode == 0, again.stderr
    assert "resumed at step" in again.stdout
    assert neural.hashes(base) == neural.hashes(trained)


def test_accumulated_strips_are_one_step(tmp_path: Path) -> None:
    base = neural.job(tmp_path, tokens=512, accumulate=4, epochs=1)
    done = neural.run(NAME, base)
    assert done.returncode == 0, done.stderr
    assert neural.told(done.stdout, "metric")[0]["step"] == 5  # 10,000 tokens are 20 strips


def test_a_loss_that_is_not_finite_ends_the_run_and_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from training.trainers.neural.torch_net import TorchLearner

    shape, plan = Shape(10, 8, 8, 1), TrainingPlan(epochs=1)
    rows = [
        StripRow(np.zeros((5, TEMPLATES), np.int32), np.ones((5, DENSE), np.float32), np.zeros(5, np.int64),
            np.array([1, 0, 0, 1, 0], np.float32), 1.0, 0)
    ]  # fmt: skip
    weights = initial(shape, [rows[0].dense], [rows[0].labels], 0) | {"out": np.full((8, 1), np.nan, np.float32)}
    stage = FitStage("whole", TorchLearner(shape, weights, plan), Strips(rows, rows, shape, plan), plan, 0)
    with pytest.raises(TrainerError, match="the loss is not finite at step 1; lower the learning rate"):
        fit(stage, CheckpointStore(tmp_path, 1))
    assert [line["key"] for line in neural.told(capsys.readouterr().out, "metric")] == ["loss"]


def test_it_stops_early_where_the_dev_loss_no_longer_falls(tmp_path: Path) -> None:
    base = neural.job(tmp_path, epochs=30, patience=0, rate=0.05, rank_trees=1)
    done = neural.run(NAME, base)
    assert done.returncode == 0, done.stderr
    assert "whole: stopped after epoch" in done.stdout
    lines = neural.told(done.stdout, "progress")
    assert lines[-1]["step"] == lines[-1]["steps"]
