"""A tiny encoder fine-tuned as the token scorer: its files, serving it without PyTorch, and what is refused."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from humanize.backends.revision import from_folder
from humanize.pipeline.revision_engine import prepare
from humanize.revision.arrays import token_arrays
from humanize.revision.model import RevisionModel
from humanize.revision.table import Table
from humanize.revision.word_pieces import Pieces
from serving.backends.base import RewriteRequest
from tests.training.trainers import neural, tiny_models
from tests.waiting import HANG_S
from training.contract.executor import EvaluationRequest
from training.evaluation.revision import evaluate
from training.trainers.contract import TrainerJob, UserError
from training.trainers.neural.job import settings_of
from training.trainers.neural.protocols import TrainingPlan
from training.trainers.revision.nodes import Builder, model_of
from training.trainers.revision.pairs import align
from training.trainers.revision.session import GraphSession

pytestmark = pytest.mark.torch
NAME = "revision_torch"
PLAN = {
    "encoder": "tiny-bert", "window": 64, "tokens": 1024, "epochs": 2, "rate": 0.02, "encoder_rate": 0.005,
    "accumulate": 2, "rank_trees": 8,
}  # fmt: skip
TEXT = "Furthermore, the harbour office utilizes a robust plan for its members. It opened in 1987."


@pytest.fixture(scope="module", autouse=True)
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shelf")
    tiny_models.encoder(folder)
    os.environ["PRETRAINED_FOLDERS"] = str(folder)
    return folder


def job(base: Path, **given: object) -> Path:
    return neural.job(base, **(PLAN | given))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = job(tmp_path_factory.mktemp("job"))
    done = neural.run(NAME, base)
    assert done.returncode == 0, done.stderr
    (base / "log").write_text(done.stdout, "utf-8")
    return base


def test_graph_tokenizer_and_weights_are_named_with_their_hashes(trained: Path) -> None:
    manifest, found = neural.manifest(trained), neural.hashes(trained)
    found.pop("manifest.json")
    assert {one["path"]: one["sha256"] for one in manifest["files"]} == found
    assert {one["path"]: one["type"] for one in manifest["files"]} == {
        "model.onnx": "model", "network.json": "config", "revision.json": "config", "tokenizer.json": "tokenizer",
        "weights.safetensors": "model",
    }  # fmt: skip
    assert manifest["architecture"] == "bert encoder + ranker"
    assert 0 <= manifest["metrics"]["onnx_difference"] <= 1e-4
    assert manifest["metrics"]["dev_auroc"] > 0.8


def test_the_encoder_itself_is_tuned(trained: Path, shelf: Path) -> None:
    from safetensors.numpy import load_file

    name = "encoder.layer.0.attention.self.query.weight"
    before, after = load_file(shelf / "tiny-bert" / "model.safetensors"), neural.weights(trained)
    assert after[f"encoder.{name}"].shape == before[name].shape == (32, 32)
    assert abs(after[f"encoder.{name}"] - before[name]).max() > 1e-3


def test_the_gate_judges_it_as_any_revision_model(trained: Path) -> None:
    ask = EvaluationRequest("humanize", NAME, trained / "model", trained / "input" / "data")
    figures = {figure.name: figure for figure in evaluate(ask).figures}
    assert figures["protected_kept"].value == 1.0
    assert figures["where_auroc"].value > 0.8


def test_it_answers_a_rewrite_in_process(trained: Path) -> None:
    answer = from_folder(trained / "model").rewrite(RewriteRequest(TEXT, level=5, format="text"))
    assert ("utilizes", "uses") in {(TEXT[one.start : one.end], one.after) for one in answer.replacements}


def test_a_text_of_many_windows_is_answered(trained: Path) -> None:
    text = " ".join([TEXT] * 40)
    answer = from_folder(trained / "model").rewrite(RewriteRequest(text, level=5, format="text"))
    assert max(one.start for one in answer.replacements) > len(text) * 0.9


def test_neither_pytorch_nor_transformers_is_loaded_to_serve_it(trained: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from training.evaluation.revision import load_model; "
        f"load_model(Path({str(trained / 'model')!r})); "
        "print([one for one in ('torch', 'transformers') if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=HANG_S)
    assert done.stdout.strip() == "[]"


def test_a_stopped_and_resumed_run_ends_in_the_same_bytes(trained: Path, tmp_path: Path) -> None:
    base = job(tmp_path)
    assert neural.stopped_at(NAME, base, 3, signal.SIGTERM) == 143
    again = neural.run(NAME, base)
    assert again.returncode == 0, again.stderr
    assert "resumed at step" in again.stdout
    assert neural.hashes(base) == neural.hashes(trained)


def _without(folder: Path, name: str, *left_out: str) -> Path:
    shutil.copytree(folder / "tiny-bert", folder / name, ignore=shutil.ignore_patterns(*left_out))
    return folder / name


@pytest.mark.parametrize(
    ("name", "left_out", "sentence"),
    [
        ("/etc", "", "/etc is not a model folder in one of the folders of PRETRAINED_FOLDERS"),
        ("pickled", "*.safetensors", "pickled has no weights as safetensors; "),
        ("slow", "tokenizer.json", "slow has no fast tokenizer (tokenizer.json); load it with AutoTokenizer"),
    ],
)
def test_an_unreadable_encoder_is_refused_with_the_fix(shelf: Path, name: str, left_out: str, sentence: str) -> None:
    import torch

    from training.trainers.encoder.design import encoder_design

    if left_out:
        torch.save({}, _without(shelf, name, left_out) / "pytorch_model.bin")
    asked = TrainerJob(shelf, {"encoder": name})
    with pytest.raises(UserError) as raised:
        encoder_design(asked, settings_of(asked))
    assert str(raised.value).startswith(sentence)


def test_an_encoder_with_a_decoder_is_refused(shelf: Path) -> None:
    from training.trainers.encoder.loader import read_encoder

    with pytest.raises(UserError, match="t5 is an encoder-decoder model; use the trainer seq2seq_torch for it"):
        read_encoder(tiny_models.encoder_decoder(shelf), 64)


@pytest.mark.parametrize("kind", ["roberta", "distilbert", "modernbert"])
def test_other_families_are_read_and_exported_as_they_answer(tmp_path: Path, kind: str) -> None:
    from training.trainers.encoder.batches import encoder_row
    from training.trainers.encoder.design import EncoderDesign
    from training.trainers.encoder.loader import read_encoder

    source = read_encoder(tiny_models.encoder(tmp_path, kind), 48)
    design = EncoderDesign(source, TrainingPlan(), 8, 0.001, Pieces(source.tokenizer, source.frame))
    draft = prepare(" ".join([TEXT] * 6))
    model = RevisionModel("tiny", 12, 12, (), Table({}), {}, (0.5,) * 5, pieces=design.pieces)
    arrays = token_arrays(model, draft.tokens, draft.protected, draft.signals)
    assert len(arrays["ids"]) > 1
    learner = design.learner([encoder_row(align(draft, TEXT), design.pieces, 1.0)])
    build = Builder()
    build.node("Reshape", design.scores(build, learner.weights()), build.ints(-1), name="where")
    session = GraphSession(model_of(build, list(design.inputs()), [("where", ["n"])]))
    ours, theirs = np.asarray(session.score(arrays)["where"], np.float64), learner.where(arrays)
    assert len(ours) == len(draft.tokens)
    assert np.abs(ours - theirs).max() < 1e-5
