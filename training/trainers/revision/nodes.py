"""Builds ONNX graphs node by node. It generates the names of values and collects the constants."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET, ML_OPSET, IR_VERSION = 18, 3, 9


class Builder:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, value: NDArray[np.generic]) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def ints(self, *values: int) -> str:
        return self.constant(np.array(values, dtype=np.int64))

    def node(self, op: str, *inputs: str, name: str = "", domain: str = "", **attributes: Any) -> str:
        output = name or f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [output], domain=domain, **attributes))
        return output

    def column(self, value: str, index: int) -> str:
        return self.node("Slice", value, self.ints(index), self.ints(index + 1), self.ints(1))

    def rows(self, value: str, start: int, stop: int) -> str:
        return self.node("Slice", value, self.ints(start), self.ints(stop), self.ints(0))


def model_of(build: Builder, inputs: list[onnx.ValueInfoProto], outputs: list[tuple[str, list[str | int]]]) -> bytes:
    infos = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs]
    graph = helper.make_graph(build.nodes, "revision", inputs, infos, build.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, producer_name="youman")
    model.ir_version = IR_VERSION
    return bytes(model.SerializeToString())
