"""Reading a channel, the leak check, and a figure against its threshold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.evaluation.bootstrap import Estimate
from training.evaluation.checks import EvaluationError, find_leaks, judge_figure, read_channel
from training.evaluation.revision import load_model


def _channel(folder: Path, *pairs: tuple[str, str]) -> None:
    folder.mkdir(parents=True)
    lines = [json.dumps({"original": draft, "humanized": kept}) for draft, kept in pairs]
    (folder / "pairs.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


def test_a_pair_from_training_is_found_despite_other_case_and_punctuation(tmp_path: Path) -> None:
    _channel(tmp_path / "train", ("One draft.", "One text, kept."), ("Other", "Other kept"))
    held = [("new draft", "ONE TEXT — kept!"), ("new too", "new kept")]
    assert find_leaks(tmp_path, held) == ("leaked", Estimate(0.5, 0.5, 0.5))


def test_without_a_training_channel_nothing_leaks(tmp_path: Path) -> None:
    assert find_leaks(tmp_path, [("a", "b")])[1].value == 0.0


def test_a_missing_or_empty_channel_is_named(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"test/pairs\.jsonl, which is needed for judging, does not exist"):
        read_channel(tmp_path / "test")
    _channel(tmp_path / "test")
    with pytest.raises(EvaluationError, match=r"test/pairs\.jsonl is empty"):
        read_channel(tmp_path / "test")


@pytest.mark.parametrize(
    ("name", "threshold", "passed"),
    [
        ("sari", 30.0, True),
        ("sari", 40.0, False),
        ("leaked", 40.0, True),
        ("leaked", 30.0, False),
        ("other", None, None),
    ],
)
def test_some_figures_must_reach_and_others_stay_under(name: str, threshold: float | None, passed: bool | None) -> None:
    thresholds = {} if threshold is None else {name: threshold}
    assert judge_figure(name, Estimate(35.0, 34.0, 36.0), thresholds).passed is passed


def test_a_model_folder_must_match_its_manifest(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="the model folder is incomplete"):
        load_model(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"x")
    files = [{"path": "model.onnx", "sha256": "0" * 64}]
    (tmp_path / "manifest.json").write_text(json.dumps({"files": files}), "utf-8")
    with pytest.raises(EvaluationError, match=r"the SHA-256 of model\.onnx differs from the one in its manifest"):
        load_model(tmp_path)
