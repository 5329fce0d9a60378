"""The network in TensorFlow, with the optimiser of Keras. Its weights have the same names as in PyTorch."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # set before the import, which would log a dozen lines
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf
from tensorflow import Tensor

from humanize.revision.token_features import DENSE, TEMPLATES
from training.trainers.neural.protocols import State, TrainingPlan
from training.trainers.neural.shape import FIXED, LARGEST, Floats, Shape, Weights, check
from training.trainers.neural.strips import Strip, drop_of

_STEEPEST = 1.0  # gradients are clipped to this norm
Held = Mapping[str, Tensor]


class TensorflowLearner:
    """Trains the network. On a CPU the same calls give the same bits with the same number of threads."""

    def __init__(self, shape: Shape, weights: Weights, plan: TrainingPlan) -> None:
        check(shape, weights)
        self._shape, self._plan = shape, plan
        self._held = {
            name: keras.Variable(weights[name], trainable=name not in FIXED, name=name) for name in shape.sizes()
        }
        self._trained = [value for name, value in self._held.items() if name not in FIXED]
        self._optimiser = keras.optimizers.AdamW(plan.rate, weight_decay=plan.decay, epsilon=1e-8)
        self._optimiser.build(self._trained)
        # The lengths are left open from the start: a graph for one length rounds differently from one for any length,
        # and a resumed run begins with another strip.
        drop, number = tf.TensorSpec((None, shape.width)), tf.TensorSpec(())
        self._slopes = tf.function(self._slopes_of, input_signature=[_SPECS, drop, number])
        self._lost_of = tf.function(self._lost, input_signature=[_SPECS, drop])
        self._applied = tf.function(self._apply)

    def step(self, parts: Sequence[Strip], rate: float, number: int) -> float:
        self._optimiser.learning_rate.assign(rate)
        counted = tf.constant(max(1.0, float(sum(part.weights.sum() for part in parts))))
        whole, slopes = 0.0, list[Tensor]()
        for at, part in enumerate(parts):
            drop = drop_of(part, self._shape.width, self._plan, number, at)
            lost, found = self._slopes(_fed(part), tf.constant(drop), counted)
            slopes = found if not slopes else [one + other for one, other in zip(slopes, found, strict=True)]
            whole += float(lost)
        self._applied(slopes)
        return whole

    def loss(self, strip: Strip) -> tuple[float, float]:
        drop = tf.ones((len(strip.labels), self._shape.width))
        return float(self._lost_of(_fed(strip), drop)), float(strip.weights.sum())

    def where(self, arrays: Mapping[str, NDArray[np.generic]]) -> Floats:
        found: Floats = where(self.variables(), self._shape, *(tf.constant(arrays[name]) for name in _INPUTS)).numpy()
        return found

    def variables(self) -> dict[str, Tensor]:
        """Return the variables themselves, for the export."""
        return {name: value.value for name, value in self._held.items()}

    def weights(self) -> State:
        return {name: np.array(value.numpy()) for name, value in self._held.items()}

    def state(self) -> State:
        slots = {f"slot/{number}": np.array(one.numpy()) for number, one in enumerate(self._optimiser.variables)}
        return {**self.weights(), **slots}

    def load(self, state: State) -> None:
        for name, value in self._held.items():
            value.assign(state[name])
        for number, one in enumerate(self._optimiser.variables):
            one.assign(state[f"slot/{number}"])

    def _slopes_of(self, fed: Held, drop: Tensor, counted: Tensor) -> tuple[Tensor, list[Tensor]]:
        with tf.GradientTape() as tape:
            lost = self._lost(fed, drop) / counted
        found = tape.gradient(lost, [one.value for one in self._trained])
        return lost, [tf.convert_to_tensor(one) for one in found]

    def _apply(self, slopes: list[Tensor]) -> None:
        cut, _ = tf.clip_by_global_norm(slopes, _STEEPEST)
        self._optimiser.apply(cut, self._trained)

    def _lost(self, fed: Held, drop: Tensor) -> Tensor:
        """Return the sum of the losses over the tokens of the strip."""
        found = logits(self.variables(), self._shape, fed, drop)
        losses = tf.nn.sigmoid_cross_entropy_with_logits(labels=fed["labels"], logits=found)
        return tf.reduce_sum(losses * fed["weights"])


_INPUTS = ("grams", "dense", "sentence")
_SPECS = {
    "grams": tf.TensorSpec((None, TEMPLATES), tf.int32), "dense": tf.TensorSpec((None, DENSE)),
    **{name: tf.TensorSpec((None,), tf.int64) for name in ("sentence", "text")},
    **{name: tf.TensorSpec((None,)) for name in ("inside", "labels", "weights")},
    **{name: tf.TensorSpec((), tf.int32) for name in ("sentences", "texts")},
}  # fmt: skip


def _fed(strip: Strip) -> dict[str, Tensor]:
    names = (*_INPUTS, "text", "inside", "labels", "weights")
    counts = {"sentences": tf.constant(strip.sentences), "texts": tf.constant(strip.texts)}
    return {name: tf.constant(getattr(strip, name)) for name in names} | counts


def where(held: Held, shape: Shape, grams: Tensor, dense: Tensor, sentence: Tensor) -> Tensor:
    """Return one probability per token of one text."""
    zeros, ones = tf.zeros_like(sentence), tf.ones_like(dense[:, 0])
    sentences = tf.cast(tf.reduce_max(sentence) + 1, tf.int32)
    fed = {"grams": grams, "dense": dense, "sentence": sentence, "text": zeros, "inside": ones}
    return tf.sigmoid(logits(held, shape, fed | {"sentences": sentences, "texts": tf.constant(1)}, None))


def logits(held: Held, shape: Shape, fed: Held, drop: Tensor | None) -> Tensor:
    inside = fed["inside"][:, None]
    bag = _bag(held["deep"], tf.bitwise.bitwise_and(fed["grams"], (1 << shape.deep_bits) - 1))
    place = tf.clip_by_value((fed["dense"] - held["mean"]) * held["scale"], -LARGEST, LARGEST)
    hidden = tf.nn.relu(bag + place @ held["enter"] + held["enter_bias"]) * inside
    hidden = hidden if drop is None else hidden * drop
    for layer in range(shape.layers):
        kernel, bias = held[f"conv{layer}"], held[f"conv{layer}_bias"]
        found = tf.nn.conv1d(hidden[None], kernel, 1, "SAME", dilations=shape.dilation(layer))[0] + bias
        hidden = (hidden + tf.nn.relu(found)) * inside
    means = [_means(hidden, fed[name], inside, fed[f"{name}s"]) for name in ("sentence", "text")]
    mixed = tf.nn.relu(tf.concat([hidden, *means], 1) @ held["mix"] + held["mix_bias"])
    return (mixed @ held["out"] + held["out_bias"] + _bag(held["wide"], fed["grams"]))[:, 0]


def _bag(table: Tensor, rows: Tensor) -> Tensor:
    return tf.reduce_sum(tf.gather(table, rows), axis=1)


def _means(hidden: Tensor, segment: Tensor, inside: Tensor, count: Tensor) -> Tensor:
    """Return for each row the mean of its segment."""
    sums = tf.math.unsorted_segment_sum(hidden, segment, count)
    sizes = tf.math.unsorted_segment_sum(inside, segment, count)
    return tf.gather(sums / tf.maximum(sizes, 1.0), segment)


def make_deterministic(threads: int) -> None:
    """Make TensorFlow compute the same sums in the same order. Call it before any other call of TensorFlow."""
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
