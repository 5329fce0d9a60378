"""The detector as a job: the code of the shipped weights under the container contract, and its judge."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.training.trainers.drafts import pair
from training.contract.executor import EvaluationRequest
from training.evaluation.revision import evaluate

COMMAND = [sys.executable, "-m", "training.trainers.detector"]


def _write(base: Path, name: str, count: int, seed: int) -> None:
    """Texts of one to six drafts in a row, so that every band of length is there."""
    chance = random.Random(seed)
    lines = []
    for number in range(count):
        parts = [pair(chance) for _ in range(1 + number % 6)]
        draft, kept = (" ".join(part[side] for part in parts) for side in (0, 1))
        lines.append(json.dumps({"id": str(number), "original": draft, "humanized": kept}))
    folder = base / "input" / "data" / name
    folder.mkdir(parents=True)
    (folder / "pairs.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


def _run(base: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"SAGEMAKER_BASE_DIR": str(base)}
    return subprocess.run(COMMAND, env=environment, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("detector")
    _write(base, "train", 300, seed=1)
    _write(base, "test", 60, seed=2)
    done = _run(base)
    assert done.returncode == 0, done.stderr
    return base


def test_the_model_folder_is_one_that_scoring_reads(trained: Path) -> None:
    manifest = json.loads((trained / "model" / "manifest.json").read_text("utf-8"))
    assert (manifest["trainer"], manifest["task"]) == ("detector", "detect")
    hashes = {one["path"]: one["sha256"] for one in manifest["files"]}
    assert sorted(hashes) == ["detector.json", "detector.npz"]
    about = json.loads((trained / "model" / "detector.json").read_text("utf-8"))
    assert about["sha256"] == hashes["detector.npz"]
    assert hashlib.sha256((trained / "model" / "detector.npz").read_bytes()).hexdigest() == about["sha256"]


def test_the_gate_tells_how_well_it_tells(trained: Path) -> None:
    ask = EvaluationRequest(
        "detect", "detector", trained / "model", trained / "input" / "data", champion=trained / "model",
        thresholds=(("auroc", 0.9), ("human_flagged", 0.1), ("leaked", 0.0)),
    )  # fmt: skip
    figures = {figure.name: figure for figure in evaluate(ask).figures}
    assert figures["auroc"].value == 1.0
    assert figures["auroc"].passed is True
    assert figures["human_flagged"].passed is True
    assert (figures["auroc_over_champion"].value, figures["auroc_over_champion"].against) == (0.0, "champion")


def test_killed_and_resumed_it_comes_to_the_same_bytes(trained: Path, tmp_path: Path) -> None:
    _write(tmp_path, "train", 300, seed=1)
    (tmp_path / "input" / "data" / "base").mkdir()
    environment = os.environ | {"SAGEMAKER_BASE_DIR": str(tmp_path)}
    process = subprocess.Popen(COMMAND, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        told = json.loads(line)
        if told["type"] == "checkpoint" and told["step"] == 2:
            process.kill()
            break
    process.stdout.read()
    assert process.wait(60) == -9
    process.stdout.close()
    assert not (tmp_path / "model" / "manifest.json").exists()
    again = _run(tmp_path)
    assert again.returncode == 0, again.stderr
    told = [json.loads(line) for line in again.stdout.splitlines()]
    anew, resumed, *_ = [line["message"] for line in told if line["type"] == "note"]
    assert anew == "fits anew: the base version is only what the gate compares with"
    assert resumed.startswith("resumed after fold-0, fold-1")
    for name in ("detector.npz", "detector.json", "manifest.json"):
        assert (tmp_path / "model" / name).read_bytes() == (trained / "model" / name).read_bytes()


def test_too_few_texts_are_refused_with_what_is_lacking(tmp_path: Path) -> None:
    _write(tmp_path, "train", 20, seed=1)
    assert _run(tmp_path).returncode == 2
    said = (tmp_path / "output" / "failure").read_text("utf-8")
    assert said.startswith("give at least 200 texts of each kind of at least 30 words")
