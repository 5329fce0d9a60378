"""A pretrained encoder as the token scorer: how it is read, initialised, fine-tuned and exported."""

from __future__ import annotations

import io
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnx
import torch
from onnx import TensorProto, compose, helper

from humanize.revision.hashed_ngrams import Hasher
from humanize.revision.token_features import DENSE
from humanize.revision.word_pieces import TOKENIZER, Pieces
from training.trainers.contract import Files, Ports, TrainerJob, report
from training.trainers.encoder.batches import EncoderBatches, EncoderRow, encoder_row
from training.trainers.encoder.loader import EncoderSource, read_encoder
from training.trainers.encoder.net import INPUT_NAMES, EncoderLearner, Scorer
from training.trainers.neural.fit import NeuralSettings
from training.trainers.neural.protocols import State, TrainingPlan
from training.trainers.pretrained import pretrained_folder
from training.trainers.revision.nodes import OPSET, Builder
from training.trainers.revision.pairs import AlignedPair
from training.trainers.revision.selection_report import CANDIDATE_INPUTS

PORTS: Ports = (
    ("ids", "int64", (-1, -1)),
    ("mask", "int64", (-1, -1)),
    ("place", "int64", (-1,)),
    ("dense", "float32", (-1, DENSE)),
    *CANDIDATE_INPUTS,
)


def encoder_design(job: TrainerJob, settings: NeuralSettings) -> EncoderDesign:
    """Read the encoder of a job. Raises UserError, which says what is wrong with its folder."""
    rate = job.number("encoder_rate", 0.00005, 1e-8, 1.0)
    source = read_encoder(
        pretrained_folder(job.hyperparameters["encoder"].strip()), job.integer("window", 256, 16, 8192)
    )
    report(type="note", message=f"{source.folder.name}: {source.kind}, windows of {source.frame.length} pieces")
    return EncoderDesign(source, settings.plan, settings.shape.width, rate, Pieces(source.tokenizer, source.frame))


@dataclass(frozen=True)
class EncoderDesign:
    """``width`` is that of the head; ``rate`` is the learning rate of the encoder's own weights."""

    source: EncoderSource
    plan: TrainingPlan
    width: int
    rate: float
    pieces: Pieces
    ports: Ports = PORTS

    @property
    def title(self) -> str:
        return f"{self.source.kind} encoder + ranker"

    def row(self, pair: AlignedPair, _hasher: Hasher) -> EncoderRow:
        return encoder_row(pair, self.pieces, self.plan.light)

    def data(self, rows: Sequence[EncoderRow], dev: Sequence[EncoderRow]) -> EncoderBatches:
        frame = self.source.frame
        return EncoderBatches(rows, dev, max(1, self.plan.tokens // frame.length), frame.pad, self.plan.seed)

    def learner(self, rows: Sequence[EncoderRow], weights: State | None = None) -> EncoderLearner:
        model = self._model()
        return EncoderLearner(model, self.plan, self.rate, weights or _initial_weights(model, rows))

    def scores(self, build: Builder, weights: State) -> str:
        return nodes(build, EncoderLearner(self._model(), self.plan, self.rate, weights).model, DENSE)

    def inputs(self) -> Sequence[onnx.ValueInfoProto]:
        return [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["w", "l"]),
            helper.make_tensor_value_info("mask", TensorProto.INT64, ["w", "l"]),
            helper.make_tensor_value_info("place", TensorProto.INT64, ["n"]),
            helper.make_tensor_value_info("dense", TensorProto.FLOAT, ["n", DENSE]),
        ]

    def published_weights(self, weights: State) -> State:
        return dict(sorted(weights.items()))

    def describe(self) -> Mapping[str, object]:
        source = self.source
        return {
            "encoder": source.folder.name, "kind": source.kind, "states": source.width, "width": self.width,
            "window": source.frame.as_dict(),
        }  # fmt: skip

    def files(self) -> Files:
        return {TOKENIZER: ("tokenizer", self.source.tokenizer)}

    def _model(self) -> Scorer:
        torch.manual_seed(self.plan.seed)  # for the initial head, and for encoder weights that the folder lacks
        return Scorer(self.source.encoder(), self.source.width, DENSE, self.width)


def _initial_weights(model: Scorer, rows: Sequence[EncoderRow]) -> State:
    """Return the folder's weights; features are centred on the training texts, the first guess is the mean label."""
    figures = np.concatenate([row.dense for row in rows]).astype(np.float64)
    share = float(np.clip(np.concatenate([row.labels for row in rows]).mean(), 0.001, 0.999))
    with torch.no_grad():
        model.mean.copy_(torch.from_numpy(figures.mean(axis=0)))
        model.scale.copy_(torch.from_numpy(1.0 / np.maximum(figures.std(axis=0), 1e-3)))
        model.out.bias.fill_(float(np.log(share / (1 - share))))
    return {name: value.detach().numpy().copy() for name, value in model.named_parameters()}


_DYNAMIC_AXES = {
    "ids": {0: "w", 1: "l"}, "mask": {0: "w", 1: "l"}, "place": {0: "n"}, "dense": {0: "n"}, "scores": {0: "n"},
}  # fmt: skip


class _Probabilities(torch.nn.Module):  # type: ignore[misc]  # its types are in the extra
    def __init__(self, model: Scorer) -> None:
        super().__init__()
        self.model = model

    def forward(self, *fed: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.model(*fed))


def nodes(build: Builder, model: Scorer, figures: int) -> str:
    """Add the nodes of the model to a graph. Return the name of the probabilities, [n, 1]."""
    # The sizes differ from each other and from 1, so that the comparison detects a size that was traced as a constant.
    mask = torch.ones((2, 6), dtype=torch.int64)
    mask[1, 4:] = 0
    fed = (torch.zeros_like(mask), mask, torch.arange(5), torch.zeros(5, figures))
    target = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about traced sizes; the comparison with the framework checks them
        torch.onnx.export(
            _Probabilities(model).cpu().eval(), fed, target, dynamo=False, opset_version=OPSET,
            input_names=list(INPUT_NAMES), output_names=["scores"], dynamic_axes=_DYNAMIC_AXES,
        )  # fmt: skip
    exported = onnx.load_model_from_string(target.getvalue())
    graph = compose.add_prefix(exported, "encoder/", rename_inputs=False).graph
    build.nodes.extend(graph.node)
    build.constants.extend(graph.initializer)
    return str(graph.output[0].name)
