"""The judge as a job: the code of the shipped weights under the container contract, and its evaluator."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from humanize.judging import load_judge
from tests.training.trainers.drafts import write_channel
from tests.training.trainers.trained import prepare_judge_job, refusal, rerun_after_kill
from training.contract.executor import EvaluationRequest
from training.evaluation.checks import EvaluationError
from training.evaluation.judge import evaluate

NAME = "judge"
FILES = ("judge.npz", "judge.json", "manifest.json")


def ask(job: Path, **more: object) -> EvaluationRequest:
    thresholds = (("right", 0.8), ("called_worse", 0.1), ("leaked", 0.0))
    return EvaluationRequest("judge", NAME, job / "model", job / "input" / "data", thresholds=thresholds, **more)  # type: ignore[arg-type]  # paths


def test_the_model_folder_is_one_that_judging_reads(judge_job: Path) -> None:
    manifest = json.loads((judge_job / "model" / "manifest.json").read_text("utf-8"))
    assert (manifest["trainer"], manifest["task"]) == ("judge", "judge")
    hashes = {one["path"]: one["sha256"] for one in manifest["files"]}
    assert sorted(hashes) == ["judge.json", "judge.npz"]
    about = json.loads((judge_job / "model" / "judge.json").read_text("utf-8"))
    assert about["sha256"] == hashes["judge.npz"]
    assert load_judge(judge_job / "model").version == manifest["config"]["version"]
    assert sum(one["size"] for one in manifest["files"]) < 2_000_000


def test_the_gate_measures_how_often_people_are_preferred(judge_job: Path) -> None:
    figures = {one.name: one for one in evaluate(ask(judge_job, champion=judge_job / "model")).figures}
    assert (figures["right"].value, figures["right"].low, figures["right"].passed) == (1.0, 1.0, True)
    assert (figures["called_worse"].value, figures["called_worse"].passed) == (0.0, True)
    assert (figures["leaked"].value, figures["leaked"].passed) == (0.0, True)
    assert (figures["right_over_champion"].value, figures["right_over_champion"].against) == (0.0, "champion")


def test_a_channel_without_pairs_to_compare_cannot_be_judged(judge_job: Path, tmp_path: Path) -> None:
    folder = tmp_path / "input" / "data" / "test"
    folder.mkdir(parents=True)
    same = "These are the very same twenty words on both of the sides, so that nobody could ever prefer one of them."
    (folder / "pairs.jsonl").write_text(json.dumps({"original": same, "humanized": same}) + "\n", "utf-8")
    with pytest.raises(EvaluationError, match="whose two texts differ"):
        evaluate(EvaluationRequest("judge", NAME, judge_job / "model", tmp_path / "input" / "data"))


def test_a_folder_without_a_judge_cannot_be_judged(judge_job: Path, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="incomplete or invalid"):
        evaluate(EvaluationRequest("judge", NAME, tmp_path, judge_job / "input" / "data"))


def test_killed_and_resumed_it_comes_to_the_same_bytes(judge_job: Path, tmp_path: Path) -> None:
    prepare_judge_job(tmp_path)
    resumed = rerun_after_kill(NAME, tmp_path, step=4)
    assert resumed.startswith("resumed after penalty-0.03-fold-0, penalty-0.03-fold-1")
    for name in FILES:
        assert (tmp_path / "model" / name).read_bytes() == (judge_job / "model" / name).read_bytes()


def test_too_few_pairs_are_refused_with_what_counts(tmp_path: Path) -> None:
    write_channel(tmp_path, "train", 20, seed=1)
    assert refusal(NAME, tmp_path).startswith("provide 40 or more pairs with different kept texts")
