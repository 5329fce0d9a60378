"""Gradient-boosted trees: fitted by scikit-learn, stored as plain arrays, written as an ONNX node."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

CHUNK = 50


@dataclass(frozen=True, slots=True)
class Forest:
    """The nodes of all trees, one after the other, as arrays of the shape [nodes].

    `tree` and `node` identify a node; a leaf has the feature -1.
    """

    tree: NDArray[np.int64]
    node: NDArray[np.int64]
    feature: NDArray[np.int64]
    threshold: NDArray[np.float32]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: NDArray[np.float32]
    base: float

    def attributes(self) -> dict[str, Any]:
        """Return the attributes of ONNX's TreeEnsembleRegressor."""
        leaf = self.feature < 0
        return {
            "nodes_treeids": self.tree.tolist(),
            "nodes_nodeids": self.node.tolist(),
            "nodes_featureids": np.where(leaf, 0, self.feature).tolist(),
            "nodes_values": np.where(leaf, 0.0, self.threshold).tolist(),
            "nodes_modes": np.where(leaf, "LEAF", "BRANCH_LEQ").tolist(),
            "nodes_truenodeids": np.where(leaf, 0, self.left).tolist(),
            "nodes_falsenodeids": np.where(leaf, 0, self.right).tolist(),
            "target_treeids": self.tree[leaf].tolist(),
            "target_nodeids": self.node[leaf].tolist(),
            "target_ids": np.zeros(int(leaf.sum()), dtype=np.int64).tolist(),
            "target_weights": self.value[leaf].tolist(),
            "n_targets": 1,
            "base_values": [self.base],
        }

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        names = ("tree", "node", "feature", "threshold", "left", "right", "value")
        return {name: getattr(self, name) for name in names} | {"base": np.array(self.base)}


def forest_from(arrays: dict[str, NDArray[np.generic]]) -> Forest:
    values = {name: value for name, value in arrays.items() if name != "base"}
    return Forest(**values, base=float(arrays["base"]))  # type: ignore[arg-type]  # written by `arrays`


@dataclass(frozen=True, slots=True)
class TreeSettings:
    """The settings for growing trees."""

    trees: int
    leaves: int
    rate: float
    least_rows: int
    seed: int


def grow(
    features: NDArray[np.float32],
    labels: NDArray[np.uint8],
    growth: TreeSettings,
    weights: NDArray[np.float32] | None = None,
    on_progress: Callable[[int], None] = lambda trees: None,
) -> Forest:
    """Fit trees to `features` [rows, columns] and `labels` [rows]. Every 50 trees, `on_progress` gets their number."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        learning_rate=growth.rate,
        max_leaf_nodes=growth.leaves,
        min_samples_leaf=growth.least_rows,
        l2_regularization=1.0,
        early_stopping=False,
        warm_start=True,
        random_state=growth.seed,
    )
    for trees in [*range(CHUNK, growth.trees, CHUNK), growth.trees]:
        model.set_params(max_iter=trees)
        model.fit(features, labels, sample_weight=weights)
        on_progress(trees)
    return _forest(model)


def _forest(model: HistGradientBoostingClassifier) -> Forest:
    # scikit-learn has no public API for its trees; the tests compare the forest with the model that it was read from.
    predictors = [group[0] for group in model._predictors]
    nodes = [predictor.nodes for predictor in predictors]
    sizes = [len(tree) for tree in nodes]
    every = np.concatenate(nodes)
    leaf = every["is_leaf"].astype(bool)
    threshold = every["num_threshold"].astype(np.float32)
    # Features have 32 bits: rounding the threshold down gives the same result as each comparison in 64 bits.
    threshold = np.where(threshold > every["num_threshold"], np.nextafter(threshold, np.float32(-np.inf)), threshold)
    return Forest(
        tree=np.repeat(np.arange(len(nodes)), sizes),
        node=np.concatenate([np.arange(size) for size in sizes]),
        feature=np.where(leaf, -1, every["feature_idx"].astype(np.int64)),
        threshold=threshold.astype(np.float32),
        left=every["left"].astype(np.int64),
        right=every["right"].astype(np.int64),
        value=every["value"].astype(np.float32),
        base=float(np.ravel(model._baseline_prediction)[0]),
    )
