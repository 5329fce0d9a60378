"""The model as one ONNX graph: hashed linear scores, their context, trees for where, trees for which.

The graph is the only definition of the features in between: training runs the same nodes to compute them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from humanize.revision.ranker_features import FACTS, GRAMS
from humanize.revision.token_features import DENSE, TEMPLATES
from training.trainers.revision.nodes import Builder, model_of
from training.trainers.revision.trees import Forest

REACH, NEAR, WINDOW = 4, 2, 13
CONTEXT = 2 + 2 * REACH + 2 * NEAR + 8
WHERE_FEATURES = CONTEXT + DENSE
RANK_FEATURES = FACTS + 11


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables that the graph looks up.

    ``scorer`` [2^bits, 2] holds the weights of the scorer of all pairs and of that of light edits, ``bias`` [2] their
    biases. ``language`` [2^bits, 2] holds how common an n-gram is in people's texts and how much more common in drafts;
    row 0 is zero.
    """

    scorer: NDArray[np.float16]
    bias: NDArray[np.float32]
    language: NDArray[np.float16]


def context_graph(tables: Tables) -> bytes:
    """Return a graph for training: inputs grams, dense, sentence; output ``features`` of the where-trees."""
    build = Builder()
    features = _where_features(build, tables)
    build.node("Identity", features, name="features")
    return model_of(build, token_inputs(), [("features", ["n", WHERE_FEATURES])])


def rank_graph(tables: Tables, where: Forest) -> bytes:
    """Return a graph for training: outputs ``where`` and the ``features`` of the rank-trees."""
    build = Builder()
    scores = _where(build, tables, where)
    return with_features(build, tables.language, scores)


def whole_graph(tables: Tables, where: Forest, rank: Forest) -> bytes:
    """Return the graph that is served: ``where`` (one probability per token) and ``rank`` (one per candidate)."""
    build = Builder()
    scores = _where(build, tables, where)
    return with_ranks(build, tables.language, scores, rank)


def with_features(
    build: Builder, language: NDArray[np.float16], scores: str, inputs: Sequence[onnx.ValueInfoProto] = ()
) -> bytes:
    """Return a graph for training: a token scorer (``scores`` [n, 1]) with the features of the rank-trees."""
    build.node("Reshape", scores, build.ints(-1), name="where")
    build.node("Identity", _rank_features(build, language, scores), name="features")
    all_inputs = [*(inputs or token_inputs()), *_candidate_inputs()]
    return model_of(build, all_inputs, [("where", ["n"]), ("features", ["m", RANK_FEATURES])])


def with_ranks(
    build: Builder, language: NDArray[np.float16], scores: str, rank: Forest, inputs: Sequence[onnx.ValueInfoProto] = ()
) -> bytes:
    """Return the graph that is served: a token scorer with its ranker."""
    build.node("Reshape", scores, build.ints(-1), name="where")
    ranked = build.node("Sigmoid", _trees(build, _rank_features(build, language, scores), rank))
    build.node("Reshape", ranked, build.ints(-1), name="rank")
    return model_of(build, [*(inputs or token_inputs()), *_candidate_inputs()], [("where", ["n"]), ("rank", ["m"])])


def token_inputs() -> list[onnx.ValueInfoProto]:
    return [
        helper.make_tensor_value_info("grams", TensorProto.INT32, ["n", TEMPLATES]),
        helper.make_tensor_value_info("dense", TensorProto.FLOAT, ["n", DENSE]),
        helper.make_tensor_value_info("sentence", TensorProto.INT64, ["n"]),
    ]


def _candidate_inputs() -> list[onnx.ValueInfoProto]:
    return [
        helper.make_tensor_value_info("span", TensorProto.INT64, ["m", 2]),
        helper.make_tensor_value_info("gone", TensorProto.INT32, ["m", GRAMS]),
        helper.make_tensor_value_info("came", TensorProto.INT32, ["m", GRAMS]),
        helper.make_tensor_value_info("facts", TensorProto.FLOAT, ["m", FACTS]),
    ]


def _where_features(build: Builder, tables: Tables) -> str:
    gathered = build.node("Gather", build.constant(tables.scorer), "grams", axis=0)
    summed = build.node("ReduceSum", build.node("Cast", gathered, to=TensorProto.FLOAT), build.ints(1), keepdims=0)
    scores = build.node("Add", summed, build.constant(tables.bias))
    columns = [scores, *_neighbours(build, scores), *_pooled(build, scores)]
    return build.node("Concat", *columns, "dense", axis=1)


def _neighbours(build: Builder, scores: str) -> list[str]:
    """Return the scores of four neighbours on each side (all pairs) and of two (light edits); zero outside the text."""
    padded = build.node("Pad", scores, build.ints(REACH, 0, REACH, 0))
    first, second = build.column(padded, 0), build.column(padded, 1)
    steps = [step for step in range(-REACH, REACH + 1) if step]
    return [
        *(build.rows(first, REACH + step, _until(step)) for step in steps),
        *(build.rows(second, REACH + step, _until(step)) for step in steps if abs(step) <= NEAR),
    ]


def _until(step: int) -> int:
    return 2**62 if step == REACH else step - REACH


def _pooled(build: Builder, scores: str) -> list[str]:
    """Return mean and maximum of the sentence, and means of the text and of a window: eight columns."""
    shape = build.node("Shape", scores)
    zeros = build.node("ConstantOfShape", shape, value=helper.make_tensor("z", TensorProto.FLOAT, [1], [0.0]))
    lows = build.node("ConstantOfShape", shape, value=helper.make_tensor("l", TensorProto.FLOAT, [1], [-1e9]))
    index = build.node("Unsqueeze", "sentence", build.ints(1))
    ones = build.node("ConstantOfShape", shape, value=helper.make_tensor("o", TensorProto.FLOAT, [1], [1.0]))
    sums = build.node("ScatterND", zeros, index, scores, reduction="add")
    counts = build.node("ScatterND", zeros, index, ones, reduction="add")
    greatest = build.node("ScatterND", lows, index, scores, reduction="max")
    means = build.node("Div", sums, build.node("Max", counts, build.constant(np.array(1.0, dtype=np.float32))))
    by_sentence = build.node("Gather", means, "sentence", axis=0)
    top = build.column(build.node("Gather", greatest, "sentence", axis=0), 0)
    whole = build.node("Add", build.node("ReduceMean", scores, build.ints(0), keepdims=1), zeros)
    first = build.column(scores, 0)
    energy = build.node("ReduceMean", build.node("Mul", first, first), build.ints(0), keepdims=1)
    energies = build.node("Add", energy, build.column(zeros, 0))
    turned = build.node("Unsqueeze", build.node("Transpose", scores, perm=[1, 0]), build.ints(0))
    pad = [WINDOW // 2, WINDOW // 2]
    window = build.node("AveragePool", turned, kernel_shape=[WINDOW], pads=pad, count_include_pad=1)
    windows = build.node("Transpose", build.node("Squeeze", window, build.ints(0)), perm=[1, 0])
    return [by_sentence, top, whole, energies, windows]


def _where(build: Builder, tables: Tables, forest: Forest) -> str:
    features = _where_features(build, tables)
    return build.node("Sigmoid", _trees(build, features, forest))


def _rank_features(build: Builder, language: NDArray[np.float16], scores: str) -> str:
    """Return the facts, the where-scores of the span, of its surroundings and of the text, and the language scores."""
    table = build.constant(language)
    sums = []
    for name in ("gone", "came"):
        gathered = build.node("Cast", build.node("Gather", table, name, axis=0), to=TensorProto.FLOAT)
        sums.append(build.node("ReduceSum", gathered, build.ints(1), keepdims=0))
    padded = build.node("Pad", scores, build.ints(1, 0, 0, 0))
    running = build.node("CumSum", padded, build.constant(np.array(0, dtype=np.int64)))
    first, last = build.column("span", 0), build.column("span", 1)
    inside = _mean_between(build, running, first, last)
    count = build.node("Slice", build.node("Shape", scores), build.ints(0), build.ints(1), build.ints(0))
    low = build.node("Max", build.node("Sub", first, build.ints(8)), build.ints(0))
    high = build.node("Min", build.node("Add", last, build.ints(8)), count)
    around = _mean_between(build, running, low, high)
    text = build.node(
        "Expand", build.node("ReduceMean", scores, build.ints(0), keepdims=1), build.node("Shape", inside)
    )
    at = build.node("Squeeze", first, build.ints(1))
    start = build.node("Gather", scores, at, axis=0)
    difference = build.node("Sub", sums[1], sums[0])
    lift = build.node("Sub", inside, text)
    return build.node("Concat", "facts", inside, around, text, start, lift, *sums, difference, axis=1)


def _mean_between(build: Builder, running: str, first: str, last: str) -> str:
    ends = [build.node("Squeeze", edge, build.ints(1)) for edge in (first, last)]
    total = build.node("Sub", *(build.node("Gather", running, edge, axis=0) for edge in reversed(ends)))
    length = build.node("Cast", build.node("Sub", last, first), to=TensorProto.FLOAT)
    return build.node("Div", total, build.node("Max", length, build.constant(np.array(1.0, dtype=np.float32))))


def _trees(build: Builder, features: str, forest: Forest) -> str:
    return build.node("TreeEnsembleRegressor", features, domain="ai.onnx.ml", **forest.attributes())
