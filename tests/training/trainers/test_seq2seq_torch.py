"""Tiny language models fine-tuned by a job: fully and with LoRA, stopped and resumed, judged by their answers."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from tests.training.trainers import neural, tiny_models
from tests.training.trainers.drafts import write_channel, write_hyperparameters
from training.contract.executor import EvaluationRequest
from training.contract.model_folder import read_model
from training.evaluation.language_model import evaluate

pytestmark = pytest.mark.torch
NAME = "seq2seq_torch"
PLAN = {"epochs": 2, "batch": 4, "accumulate": 2, "rate": 0.01, "longest": 4096}


@pytest.fixture(scope="module", autouse=True)
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf")
    tiny_models.encoder_decoder(folder)
    tiny_models.causal(folder)
    torch_threads(1)
    os.environ["PRETRAINED_FOLDERS"] = str(folder)
    return folder


def torch_threads(count: int) -> None:
    """Use one thread, as the executor does for a trainer: several would wait for each other on a busy machine."""
    import torch

    torch.set_num_threads(count)


def job(base: Path, **given: object) -> Path:
    write_channel(base, "train", 24, seed=1)
    write_channel(base, "dev", 4, seed=2)
    write_channel(base, "test", 2, seed=3)
    write_hyperparameters(base, **(PLAN | given))
    (base / "input" / "config" / "resourceconfig.json").write_text('{"cpus": 1}', "utf-8")
    return base


@pytest.mark.parametrize(
    ("given", "weights"),
    [
        ({"pretrained": "tiny-t5", "lora_rank": 0}, "model.safetensors"),
        ({"pretrained": "tiny-llama", "lora_rank": 4}, "model.safetensors"),
        ({"pretrained": "tiny-llama", "lora_rank": 4, "merge": "false"}, "adapter_model.safetensors"),
    ],
)
def test_it_is_tuned_published_and_judged(tmp_path: Path, given: dict[str, object], weights: str) -> None:
    base = job(tmp_path, **given)
    done = neural.run(NAME, base)
    assert done.returncode == 0, done.stderr
    losses = [line["value"] for line in neural.told(done.stdout, "metric") if line["key"] == "dev_loss"]
    assert losses[-1] < losses[0] < 6.5
    packed = read_model(base / "model")
    assert {one.type for one in packed.files if one.name == weights} == {"model"}
    assert {one.name for one in packed.files} >= {"tokenizer.json", "tokenizer_config.json"}
    report = evaluate(EvaluationRequest("humanize", NAME, base / "model", base / "input" / "data"))
    figures = {figure.name: figure.value for figure in report.figures}
    assert figures["protected_kept"] == 1.0
    assert "where_auroc" not in figures


def test_a_stopped_and_resumed_run_ends_in_the_same_weights(tmp_path: Path) -> None:
    given = {"pretrained": "tiny-t5", "lora_rank": 4}
    whole, base = job(tmp_path / "whole", **given), job(tmp_path / "stopped", **given)
    assert neural.run(NAME, whole).returncode == 0
    assert neural.stopped_at(NAME, base, 2, signal.SIGTERM) == 143
    again = neural.run(NAME, base)
    assert again.returncode == 0, again.stderr
    assert "resumed at step" in again.stdout
    ours, theirs = (load_file(one / "model" / "model.safetensors") for one in (base, whole))
    assert sorted(ours) == sorted(theirs)
    assert all(np.array_equal(ours[name], theirs[name]) for name in ours)


def test_an_unused_base_version_is_reported(tmp_path: Path) -> None:
    base = job(tmp_path, pretrained="tiny-t5", longest=16)
    (base / "input" / "data" / "base").mkdir()
    notes = [line["message"] for line in neural.told(neural.run(NAME, base).stdout, "note")]
    assert "this trainer starts from zero; the base version is used only for the comparison at the gate" in notes


def test_a_model_that_is_tuned_long_enough_makes_edits_that_serving_reads(tmp_path: Path) -> None:
    from training.trainers.language_model.examples import tuning_example
    from training.trainers.language_model.fine_tuning import ExampleBatches, LanguageModelLearner
    from training.trainers.language_model.model import open_model
    from training.trainers.neural.protocols import TrainingPlan

    one = tuning_example("The bakery utilizes ovens.", "The bakery uses ovens.")
    assert one is not None
    writer = open_model(Path(os.environ["PRETRAINED_FOLDERS"]) / "tiny-llama")
    learner = LanguageModelLearner(writer, TrainingPlan(rate=0.01))
    batch = next(ExampleBatches([writer.encode(one)], [], 1, writer.padding, 0).epoch(0))
    for number in range(60):
        learner.step([batch], 0.01, number)
    assert writer.generate(one.system, one.prompt, max_tokens=40) == one.answer


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"pretrained": "somebody/model"},
            "somebody/model is not a model folder in one of the folders of PRETRAINED_FOLDERS",
        ),
        ({"pretrained": "tiny-t5", "longest": 16}, "all pairs of train are longer than 16 tokens; increase longest"),
    ],
)
def test_unusable_settings_are_explained(tmp_path: Path, given: dict[str, object], sentence: str) -> None:
    base = job(tmp_path, **given)
    assert neural.run(NAME, base).returncode == 2
    assert (base / "output" / "failure").read_text("utf-8") == sentence


def test_weights_in_another_format_than_safetensors_are_refused(tmp_path: Path, shelf: Path) -> None:
    import torch

    folder = shelf / "pickled"
    folder.mkdir()
    for path in (shelf / "tiny-t5").iterdir():
        if path.suffix != ".safetensors":
            (folder / path.name).write_bytes(path.read_bytes())
    torch.save({}, folder / "pytorch_model.bin")
    assert neural.run(NAME, job(tmp_path, pretrained="pickled")).returncode == 2
    said = (tmp_path / "output" / "failure").read_text("utf-8")
    assert said.startswith("pickled is not a language model with weights as safetensors")
