"""A tuned encoder as nodes of the served graph.

By PyTorch's exporter of traces: the newer one needs onnxscript, and gains nothing for a graph that has no branches.
"""

from __future__ import annotations

import io
import warnings

import onnx
import torch
from onnx import compose

from training.trainers.encoder.net import FED, Scorer
from training.trainers.revision.nodes import OPSET, Builder

_MOVES = {"ids": {0: "w", 1: "l"}, "mask": {0: "w", 1: "l"}, "place": {0: "n"}, "dense": {0: "n"}, "scores": {0: "n"}}


class _Probabilities(torch.nn.Module):  # type: ignore[misc]  # its types are in the extra
    def __init__(self, model: Scorer) -> None:
        super().__init__()
        self.model = model

    def forward(self, *fed: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.model(*fed))


def nodes(build: Builder, model: Scorer, figures: int) -> str:
    """Adds them, and returns the name of the [n, 1] probabilities."""
    # Sizes that differ from each other and from 1: a size that is traced as a constant shows in the comparison.
    mask = torch.ones((2, 6), dtype=torch.int64)
    mask[1, 4:] = 0
    fed = (torch.zeros_like(mask), mask, torch.arange(5), torch.zeros(5, figures))
    target = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sizes that are traced; the comparison with the framework judges them
        torch.onnx.export(
            _Probabilities(model).cpu().eval(), fed, target, dynamo=False, opset_version=OPSET,
            input_names=list(FED), output_names=["scores"], dynamic_axes=_MOVES,
        )  # fmt: skip
    made = onnx.load_model_from_string(target.getvalue())
    graph = compose.add_prefix(made, "encoder/", rename_inputs=False).graph
    build.nodes.extend(graph.node)
    build.constants.extend(graph.initializer)
    return str(graph.output[0].name)
