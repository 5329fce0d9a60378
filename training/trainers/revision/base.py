"""The base version from which a job continues: its vocabulary and weights, read from the graph that is served.

The two scorers for use start from its weights, with its vocabulary. The scorers of the halves, from whose scores later
stages learn, start from zero as always, because the base may have been trained on every pair.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from humanize.revision.model import CONFIG, GRAPH, ModelError, read_model
from training.trainers.contract import UserError
from training.trainers.revision.linear import LinearScorer


@dataclass(frozen=True, slots=True)
class BaseModel:
    """`anchors` are the words that keep their form; `scorers` are those of all pairs and of lightly edited pairs."""

    anchors: tuple[str, ...]
    scorers: tuple[LinearScorer, ...]


def read_base(folder: Path, trainer: str, bits: int) -> BaseModel | None:
    """Return the base, or None if the job has none. Raises UserError if this trainer cannot continue from it."""
    if not folder.exists():
        return None
    try:
        made_by = json.loads((folder / "manifest.json").read_text("utf-8"))["trainer"]
        model = read_model((folder / CONFIG).read_bytes()) if made_by == trainer else None
        graph = onnx.load_model(str(folder / GRAPH)).graph if model else None
    except (OSError, ValueError, KeyError, TypeError, ModelError) as error:
        raise UserError(f"the folder of the base version is incomplete: {error}") from error
    if model is None or graph is None:
        raise UserError(f"the base version was trained by {made_by}; {trainer} can continue only from its own versions")
    if model.bits != bits:
        raise UserError(f"the base version has bits={model.bits}; set bits={model.bits}, or train without a base")
    return BaseModel(model.anchors, _scorers(graph))


def _scorers(graph: onnx.GraphProto) -> tuple[LinearScorer, ...]:
    constants = {constant.name: constant for constant in graph.initializer}
    gather = next(node for node in graph.node if node.op_type == "Gather" and node.input[1] == "grams")
    add = next(node for node in graph.node if node.op_type == "Add" and node.input[1] in constants)
    weights = _array(constants[gather.input[0]])
    bias = _array(constants[add.input[1]])
    return tuple(LinearScorer(np.ascontiguousarray(weights[:, n]), float(bias[n])) for n in range(weights.shape[1]))


def _array(tensor: onnx.TensorProto) -> NDArray[np.float32]:
    return np.asarray(numpy_helper.to_array(tensor), dtype=np.float32)
