"""The detector as a job: the code of the shipped weights under the container contract, and its evaluator."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tests.training.trainers.drafts import write_detector_channel
from tests.training.trainers.trained import prepare_detector_job, rerun_after_kill, run
from training.contract.executor import EvaluationRequest
from training.evaluation.revision import evaluate

NAME = "detector"


def test_the_model_folder_is_one_that_scoring_reads(detector_job: Path) -> None:
    manifest = json.loads((detector_job / "model" / "manifest.json").read_text("utf-8"))
    assert (manifest["trainer"], manifest["task"]) == ("detector", "detect")
    hashes = {one["path"]: one["sha256"] for one in manifest["files"]}
    assert sorted(hashes) == ["detector.json", "detector.npz"]
    about = json.loads((detector_job / "model" / "detector.json").read_text("utf-8"))
    assert about["sha256"] == hashes["detector.npz"]
    assert hashlib.sha256((detector_job / "model" / "detector.npz").read_bytes()).hexdigest() == about["sha256"]


def test_the_gate_measures_how_well_it_separates(detector_job: Path) -> None:
    ask = EvaluationRequest(
        "detect", "detector", detector_job / "model", detector_job / "input" / "data", champion=detector_job / "model",
        thresholds=(("auroc", 0.9), ("human_flagged", 0.1), ("leaked", 0.0)),
    )  # fmt: skip
    figures = {figure.name: figure for figure in evaluate(ask).figures}
    assert figures["auroc"].value == 1.0
    assert figures["auroc"].passed is True
    assert figures["human_flagged"].passed is True
    assert (figures["auroc_over_champion"].value, figures["auroc_over_champion"].against) == (0.0, "champion")


def test_killed_and_resumed_it_comes_to_the_same_bytes(detector_job: Path, tmp_path: Path) -> None:
    prepare_detector_job(tmp_path)
    resumed = rerun_after_kill(NAME, tmp_path, step=2)
    assert resumed.startswith("resumed after fold-0, fold-1")
    for name in ("detector.npz", "detector.json", "manifest.json"):
        assert (tmp_path / "model" / name).read_bytes() == (detector_job / "model" / name).read_bytes()


def test_too_few_texts_are_refused_with_the_missing_ones_named(tmp_path: Path) -> None:
    write_detector_channel(tmp_path, "train", 20, seed=1)
    assert run(NAME, tmp_path).returncode == 2
    said = (tmp_path / "output" / "failure").read_text("utf-8")
    assert said.startswith("provide 200 or more texts of each kind with 30 or more words each")
