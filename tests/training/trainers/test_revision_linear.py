"""The trainer as a process: its files, stopping and resuming, and what it refuses."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from humanize.revision.model import read_model
from tests.training.trainers.drafts import SMALL, write_channel, write_hyperparameters
from tests.training.trainers.trained import command, environment, prepare_revision_job, refusal, run
from tests.waiting import HANG_S
from training.contract.executor import EvaluationRequest
from training.evaluation.revision import evaluate

NAME = "revision_linear"


def _files(base: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted((base / "model").iterdir())}


def test_the_manifest_names_every_file_with_its_hash(revision_job: Path) -> None:
    manifest = json.loads((revision_job / "model" / "manifest.json").read_text("utf-8"))
    found = _files(revision_job)
    found.pop("manifest.json")
    assert {one["path"]: one["sha256"] for one in manifest["files"]} == found
    assert (manifest["trainer"], manifest["task"], manifest["format"]) == ("revision_linear", "humanize", 1)


def test_progress_ends_at_the_last_step_and_never_goes_back(revision_job: Path) -> None:
    lines = [json.loads(line) for line in (revision_job / "log").read_text("utf-8").splitlines()]
    steps = [line["step"] for line in lines if line["type"] == "progress"]
    assert steps == sorted(steps)
    assert (steps[-1], lines[-1]["type"]) == (6 * 8 + 12 + 12, "metric")
    assert {line["steps"] for line in lines if line["type"] == "progress"} == {72}


def test_it_learns_the_replacements_that_the_pairs_show(revision_job: Path) -> None:
    model = read_model((revision_job / "model" / "revision.json").read_bytes())
    lines = {(row[0], row[1]) for row in model.table.rows()}
    assert {("utilizes", "uses"), ("robust", ""), ("furthermore ,", "")} <= lines


def test_the_gate_compares_it_with_rules_and_copy(revision_job: Path) -> None:
    ask = EvaluationRequest("humanize", "revision_linear", revision_job / "model", revision_job / "input" / "data",
                        thresholds=(("protected_kept", 1.0), ("leaked", 0.0)))  # fmt: skip
    report = evaluate(ask)
    figures = {figure.name: figure for figure in report.figures}
    assert figures["protected_kept"].value == 1.0
    assert figures["protected_kept"].passed is True
    assert figures["edit_f05_over_copy"].passed is True
    assert figures["sari_over_copy"].passed is True
    assert figures["where_auroc"].value > 0.8
    assert figures["similarity"].passed is None


def test_after_sigterm_it_keeps_a_checkpoint_and_continues_to_the_same_bytes(
    revision_job: Path, tmp_path: Path
) -> None:
    prepare_revision_job(tmp_path)
    process = subprocess.Popen(command(NAME), env=environment(tmp_path), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    kept = 0
    for line in process.stdout:
        told = json.loads(line)
        if told["type"] == "checkpoint":
            kept = told["step"]
            if kept == 16:
                process.send_signal(signal.SIGTERM)
    assert process.wait(HANG_S) == 143
    process.stdout.close()
    assert 16 <= kept < 72
    assert (tmp_path / "checkpoints" / f"checkpoint-{kept}.npz").exists()
    assert not (tmp_path / "model" / "manifest.json").exists()
    again = run(NAME, tmp_path)
    assert again.returncode == 0, again.stderr
    assert "resumed after without-0-all" in again.stdout
    assert _files(tmp_path) == _files(revision_job)


def test_a_damaged_checkpoint_is_skipped(revision_job: Path, tmp_path: Path) -> None:
    prepare_revision_job(tmp_path)
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "checkpoint-40.npz").write_bytes(b"PK torn")
    done = run(NAME, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "checkpoint-40.npz cannot be loaded" in done.stdout
    assert _files(tmp_path) == _files(revision_job)


def _losses(log: str, key: str) -> list[float]:
    told = [json.loads(line) for line in log.splitlines()]
    return [line["value"] for line in told if line["type"] == "metric" and line["key"] == key]


def test_a_job_with_a_base_version_starts_from_its_weights(revision_job: Path, tmp_path: Path) -> None:
    prepare_revision_job(tmp_path)
    shutil.copytree(revision_job / "model", tmp_path / "input" / "data" / "base")
    done = run(NAME, tmp_path)
    assert done.returncode == 0, done.stderr
    cold = (revision_job / "log").read_text("utf-8")
    assert _losses(done.stdout, "whole-all/loss")[0] <= _losses(cold, "whole-all/loss")[-1] + 0.001
    # What later stages learn from has not seen the base, which may have seen every pair.
    assert _losses(done.stdout, "without-0-all/loss")[0] == _losses(cold, "without-0-all/loss")[0]
    anchors = [read_model((base / "model" / "revision.json").read_bytes()).anchors for base in (revision_job, tmp_path)]
    assert anchors[0] == anchors[1]


def test_a_base_that_does_not_fit_is_refused_with_the_fix(revision_job: Path, tmp_path: Path) -> None:
    write_channel(tmp_path, "train", 50, seed=1)
    write_hyperparameters(tmp_path, **(SMALL | {"bits": 13}))
    base = tmp_path / "input" / "data" / "base"
    shutil.copytree(revision_job / "model", base)
    assert refusal(NAME, tmp_path) == "the base version has bits=12; set bits=12, or train without a base"
    manifest = json.loads((base / "manifest.json").read_text("utf-8"))
    (base / "manifest.json").write_text(json.dumps(manifest | {"trainer": "toy"}), "utf-8")
    assert refusal(NAME, tmp_path) == (
        "the base version was trained by toy; revision_linear can continue only from its own versions"
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"bits": 99}, "bits must be from 10 to 22, not 99"),
        ({"penalty": "much"}, "penalty must be a number from 1e-06 to 1e+06, not 'much'"),
    ],
)
def test_hyperparameters_that_cannot_work_end_with_2_and_the_fix(
    tmp_path: Path, given: dict[str, object], sentence: str
) -> None:
    write_channel(tmp_path, "train", 50, seed=1)
    write_hyperparameters(tmp_path, **given)
    assert refusal(NAME, tmp_path) == sentence
    assert list((tmp_path / "model").iterdir()) == []


def test_a_line_without_a_pair_is_named(tmp_path: Path) -> None:
    write_channel(tmp_path, "train", 3, seed=1)
    path = tmp_path / "input" / "data" / "train" / "pairs.jsonl"
    path.write_text('{"original": "A\u2028B.", "humanized": "A B."}\n{"original": "A."}\n', "utf-8")
    assert refusal(NAME, tmp_path) == "pairs.jsonl, line 2: not a pair with original and humanized ('humanized')"


def test_too_few_pairs_are_refused(tmp_path: Path) -> None:
    write_channel(tmp_path, "train", 12, seed=1)
    assert run(NAME, tmp_path).returncode == 2
    assert (tmp_path / "output" / "failure").read_text("utf-8") == "12 pairs are too few; provide 40 or more"
