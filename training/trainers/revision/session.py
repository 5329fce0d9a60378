"""Runs an ONNX graph on one thread, for trainers and the gate."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from humanize.revision.arrays import Arrays


class GraphSession:
    """Implements the `score` call of `humanize.revision.arrays`."""

    def __init__(self, graph: bytes) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session: Any = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._names = [port.name for port in self._session.get_outputs()]

    def score(self, arrays: Arrays) -> Arrays:
        found = self._session.run(None, dict(arrays))
        return {name: np.asarray(value) for name, value in zip(self._names, found, strict=True)}

    def features(self, arrays: Arrays) -> NDArray[np.float32]:
        """Return the output ``features``, for training."""
        return np.asarray(self.score(arrays)["features"], dtype=np.float32)
