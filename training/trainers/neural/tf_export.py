"""The whole model as a SavedModel, whose serving signature has the same inputs and outputs as the served graph."""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tensorflow import Tensor

from training.trainers.contract import Files
from training.trainers.neural.fit import FittedNetworks
from training.trainers.neural.strips import Strip, StripRow
from training.trainers.neural.tf_net import TensorflowLearner, where
from training.trainers.revision.selection_report import INPUTS
from training.trainers.revision.trees import Forest

ARCHIVE = "saved_model.zip"  # the registry accepts raw variables only together with their saved_model.pb
_AROUND = 8  # tokens on either side that count as the surroundings of a candidate


def saved_model(fitted: FittedNetworks[StripRow, Strip]) -> Files:
    """Return the SavedModel as one uncompressed archive, which must be unpacked for TensorFlow."""
    with tempfile.TemporaryDirectory() as folder:
        module = _module(fitted)
        tf.saved_model.save(module, folder, signatures={"serving_default": module.serve})
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            for path in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
                archive.writestr(zipfile.ZipInfo(path.relative_to(folder).as_posix()), path.read_bytes())
        return {ARCHIVE: ("model", target.getvalue())}


def _module(fitted: FittedNetworks[StripRow, Strip]) -> tf.Module:
    learner, shape = fitted.learner, fitted.settings.shape
    assert isinstance(learner, TensorflowLearner)
    module, trees = tf.Module(), _Trees.from_forest(fitted.rank)
    held = learner.variables()
    # The module must refer to the variables, or they would not be saved.
    module.held, module.language = list(held.values()), tf.Variable(fitted.language.astype(np.float32), trainable=False)

    def serve(**fed: Tensor) -> dict[str, Tensor]:
        scores = where(held, shape, fed["grams"], fed["dense"], fed["sentence"])
        return {"where": scores, "rank": tf.sigmoid(trees.sums(_rank_features(fed, scores, module.language)))}

    dtypes = {name: tf.TensorSpec([None if n < 0 else n for n in size], dtype, name) for name, dtype, size in INPUTS}
    module.serve = tf.function(serve).get_concrete_function(**dtypes)
    return module


def _rank_features(fed: dict[str, Tensor], scores: Tensor, language: Tensor) -> Tensor:
    """Return the features of the ranker as `training.trainers.revision.graph` defines them."""
    gone, came = (tf.reduce_sum(tf.gather(language, fed[name]), axis=1) for name in ("gone", "came"))
    running = tf.concat([[0.0], tf.cumsum(scores)], 0)
    first, last = fed["span"][:, 0], fed["span"][:, 1]
    count = tf.size(scores, out_type=tf.int64)
    inside = _mean_between(running, first, last)
    around = _mean_between(running, tf.maximum(first - _AROUND, 0), tf.minimum(last + _AROUND, count))
    text = tf.fill(tf.shape(inside), tf.reduce_mean(scores))
    columns = tf.stack([inside, around, text, tf.gather(scores, first), inside - text], 1)
    return tf.concat([fed["facts"], columns, gone, came, came - gone], 1)


def _mean_between(running: Tensor, first: Tensor, last: Tensor) -> Tensor:
    length = tf.maximum(tf.cast(last - first, tf.float32), 1.0)
    return (tf.gather(running, last) - tf.gather(running, first)) / length


@dataclass(frozen=True, slots=True)
class _Trees:
    """All nodes in one list. A leaf points to itself, so that all trees can be walked to the depth of the deepest."""

    roots: NDArray[np.int64]
    feature: NDArray[np.int64]
    threshold: NDArray[np.float32]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: NDArray[np.float32]
    depth: int
    base: float

    @classmethod
    def from_forest(cls, forest: Forest) -> _Trees:
        roots = np.flatnonzero(forest.node == 0)
        start = roots[np.cumsum(forest.node == 0) - 1]
        own, leaf = np.arange(len(forest.node)), forest.feature < 0
        left, right = (np.where(leaf, own, start + side) for side in (forest.left, forest.right))
        depth, reached = 0, roots
        while not leaf[reached].all():
            reached, depth = np.unique(np.concatenate([left[reached], right[reached]])), depth + 1
        feature = np.where(leaf, 0, forest.feature)
        return cls(roots, feature, forest.threshold, left, right, forest.value, depth, forest.base)

    def sums(self, rows: Tensor) -> Tensor:
        """Return one sum per row of features."""
        place = tf.tile(tf.constant(self.roots)[None], [tf.shape(rows)[0], 1])
        for _ in range(self.depth):
            values = tf.gather(rows, tf.gather(self.feature, place), batch_dims=1)
            lower = values <= tf.gather(self.threshold, place)
            place = tf.where(lower, tf.gather(self.left, place), tf.gather(self.right, place))
        return tf.reduce_sum(tf.gather(self.value, place), axis=1) + self.base
