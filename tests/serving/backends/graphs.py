"""Small ONNX files for the tests of local models: `y = factor * x`."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from serving.backends.runtime import Artifact


def graph_file(folder: Path, factor: float, padding: int = 0) -> Artifact:
    """`padding`: floats of dead weight, to fill a cache with."""
    constants = [numpy_helper.from_array(np.array(factor, dtype=np.float32), "factor")]
    nodes = [helper.make_node("Mul", ["x", "factor"], ["y"])]
    if padding:
        constants.append(numpy_helper.from_array(np.ones(padding, dtype=np.float32), "dead"))
        nodes.append(helper.make_node("ReduceSum", ["dead"], ["z"], keepdims=0))
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 2])]
    if padding:
        outputs.append(helper.make_tensor_value_info("z", TensorProto.FLOAT, []))
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2])], outputs, constants
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    model.ir_version = 9
    data = model.SerializeToString()
    path = folder / f"times-{factor:g}-{padding}.onnx"
    path.write_bytes(data)
    return Artifact(path, hashlib.sha256(data).hexdigest())
