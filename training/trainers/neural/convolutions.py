"""The network that is trained from scratch, as a design: strips of hashed n-grams, for any framework."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper

from humanize.revision.hashed_ngrams import Hasher
from humanize.revision.word_pieces import Pieces
from training.trainers.contract import Files, Ports
from training.trainers.neural.protocols import State, TokenScorer, TrainingPlan
from training.trainers.neural.shape import KERNEL, LARGEST, Shape, Weights, check, initial
from training.trainers.neural.strips import Strip, StripRow, Strips, strip_row
from training.trainers.revision.graph import token_inputs
from training.trainers.revision.nodes import Builder
from training.trainers.revision.pairs import AlignedPair
from training.trainers.revision.selection_report import INPUTS

Make = Callable[[Shape, Weights, TrainingPlan], TokenScorer[Strip]]


@dataclass(frozen=True)
class ConvolutionDesign:
    """``make`` creates the framework's learner."""

    shape: Shape
    plan: TrainingPlan
    make: Make
    title: str = "convolutions over hashed n-grams + ranker"
    ports: Ports = INPUTS
    pieces: Pieces | None = None

    def row(self, pair: AlignedPair, hasher: Hasher) -> StripRow:
        return strip_row(pair, hasher, self.shape.bits, self.plan.light)

    def data(self, rows: Sequence[StripRow], dev: Sequence[StripRow]) -> Strips:
        return Strips(rows, dev, self.shape, self.plan)

    def learner(self, rows: Sequence[StripRow], weights: State | None = None) -> TokenScorer[Strip]:
        dense, labels = [row.dense for row in rows], [row.labels for row in rows]
        start = weights or initial(self.shape, dense, labels, self.plan.seed)
        return self.make(self.shape, start, self.plan)  # type: ignore[arg-type]  # the state is the weights by name

    def scores(self, build: Builder, weights: State) -> str:
        return scores(build, self.shape, weights)  # type: ignore[arg-type]  # the same

    def inputs(self) -> Sequence[onnx.ValueInfoProto]:
        return token_inputs()

    def published_weights(self, weights: State) -> State:
        return {name: weights[name] for name in self.shape.sizes()}

    def describe(self) -> Mapping[str, object]:
        return self.shape.as_dict()

    def files(self) -> Files:
        return {}


def scores(build: Builder, shape: Shape, weights: Weights) -> str:
    """Add the network to a graph with the inputs grams, dense and sentence.

    Return the name of the probabilities, [n, 1]. Raises ValueError if the weights do not have the shape.
    """
    check(shape, weights)
    held = {name: build.constant(weights[name]) for name in shape.sizes()}
    hidden = _entered(build, shape, held)
    for layer in range(shape.layers):
        hidden = _convolved(build, shape, held, hidden, layer)
    whole = build.node("Add", build.node("ReduceMean", hidden, build.ints(0), keepdims=1), _zeros(build, hidden))
    every = build.node("Concat", hidden, _by_sentence(build, hidden), whole, axis=1)
    mixed = build.node("Relu", _linear(build, every, held["mix"], held["mix_bias"]))
    logits = build.node("Add", _linear(build, mixed, held["out"], held["out_bias"]), _bag(build, held["wide"], "grams"))
    return build.node("Sigmoid", logits)


def _entered(build: Builder, shape: Shape, held: dict[str, str]) -> str:
    mask = build.constant(np.array((1 << shape.deep_bits) - 1, dtype=np.int32))
    bag = _bag(build, held["deep"], build.node("BitwiseAnd", "grams", mask))
    centred = build.node("Mul", build.node("Sub", "dense", held["mean"]), held["scale"])
    edge = [build.constant(np.array(value, dtype=np.float32)) for value in (-LARGEST, LARGEST)]
    place = _linear(build, build.node("Clip", centred, *edge), held["enter"], held["enter_bias"])
    return build.node("Relu", build.node("Add", bag, place))


def _bag(build: Builder, table: str, rows: str) -> str:
    return build.node("ReduceSum", build.node("Gather", table, rows, axis=0), build.ints(1), keepdims=0)


def _linear(build: Builder, value: str, matrix: str, bias: str) -> str:
    return build.node("Add", build.node("MatMul", value, matrix), bias)


def _convolved(build: Builder, shape: Shape, held: dict[str, str], hidden: str, layer: int) -> str:
    step = shape.dilation(layer)
    reach = KERNEL // 2 * step
    turned = build.node("Unsqueeze", build.node("Transpose", hidden, perm=[1, 0]), build.ints(0))
    kernel = build.node("Transpose", held[f"conv{layer}"], perm=[2, 1, 0])
    found = build.node("Conv", turned, kernel, held[f"conv{layer}_bias"], dilations=[step], pads=[reach, reach])
    back = build.node("Transpose", build.node("Squeeze", build.node("Relu", found), build.ints(0)), perm=[1, 0])
    return build.node("Add", hidden, back)


def _by_sentence(build: Builder, hidden: str) -> str:
    index = build.node("Unsqueeze", "sentence", build.ints(1))
    sums = build.node("ScatterND", _zeros(build, hidden), index, hidden, reduction="add")
    ones = build.node("Add", _zeros(build, hidden), build.constant(np.array(1.0, dtype=np.float32)))
    counts = build.node("ScatterND", _zeros(build, hidden), index, ones, reduction="add")
    means = build.node("Div", sums, build.node("Max", counts, build.constant(np.array(1.0, dtype=np.float32))))
    return build.node("Gather", means, "sentence", axis=0)


def _zeros(build: Builder, like: str) -> str:
    zero = helper.make_tensor("z", TensorProto.FLOAT, [1], [0.0])
    return build.node("ConstantOfShape", build.node("Shape", like), value=zero)
