"""One ONNX graph in memory: read from verified bytes, warmed up, run by many threads. It handles arrays, not texts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from serving.backends.base import BadOutputError, ContextError, ServerError

Arrays = Mapping[str, NDArray[np.generic]]
MAX_FILE_BYTES = 2 * 1024**3
MAX_ELEMENTS = 64 * 1024**2  # values of one input: a request of hundreds of thousands of words
_TYPES = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(uint8)": np.uint8,
    "tensor(bool)": np.bool_,
}
# Memory of a loaded graph relative to its file: weights are copied, trees unfold.
_LOADED_OVER_FILE = 2.0


@dataclass(frozen=True, slots=True)
class Artifact:
    """A graph's file and the SHA-256 that its bytes must have."""

    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output. A dimension of -1 may have any length."""

    name: str
    dtype: str
    shape: tuple[int, ...]


class ArtifactError(ServerError):
    """A model cannot be loaded: missing, changed, or not a model that can be run. The detail names the fix.

    It counts for the breaker like a failure of a vendor. It is not tried again at once: loading takes long, and what is
    missing stays missing.
    """

    kind, retry = "load", False


class Graph:
    """A loaded graph. Raises ArtifactError on load and BackendError when run; many threads may run it."""

    def __init__(self, artifact: Artifact, *, threads: int = 1) -> None:
        data = _verified(artifact)
        self.sha256 = artifact.sha256
        self.memory = int(len(data) * _LOADED_OVER_FILE)
        self._session = _session(data, artifact.path, threads)
        self.inputs = tuple(_port(port) for port in self._session.get_inputs())
        self.outputs = tuple(_port(port) for port in self._session.get_outputs())
        self._warm()

    def run(self, arrays: Arrays) -> dict[str, NDArray[np.generic]]:
        """Run the graph on named arrays and return its named outputs. Raises ContextError and BadOutputError."""
        fed = {port.name: _fitting(port, arrays) for port in self.inputs}
        unknown = sorted(set(arrays) - set(fed))
        if unknown:
            raise ContextError(f"the model has no input {unknown[0]!r}; it takes {', '.join(fed)}")
        try:
            found = self._session.run(None, fed)
        except _runtime_errors() as error:
            raise BadOutputError("the model could not be run on these arrays: shapes or values do not fit") from error
        return {port.name: np.asarray(value) for port, value in zip(self.outputs, found, strict=True)}

    def _warm(self) -> None:
        """Run once on zeros: the first run allocates, and a writer should not wait for it. If zeros fail, ignore it."""
        fed = {port.name: np.zeros([max(1, abs(size)) for size in port.shape], _dtype(port)) for port in self.inputs}
        try:
            self._session.run(None, fed)
        except _runtime_errors():
            return


def _verified(artifact: Artifact) -> bytes:
    path = artifact.path
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ArtifactError(f"{path.name} is larger than {MAX_FILE_BYTES:,} bytes")
        data = path.read_bytes()
    except OSError as error:
        raise ArtifactError(f"{path.name} cannot be read ({error.strerror}): fetch the artifact again") from error
    if hashlib.sha256(data).hexdigest() != artifact.sha256:
        raise ArtifactError(f"{path.name} is not the file that was registered (SHA-256 differs): fetch it again")
    return data


def _session(data: bytes, path: Path, threads: int) -> Any:  # onnxruntime has no types
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Bytes, not the path: what was hashed is what is loaded, and weights outside the file are refused.
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except _runtime_errors() as error:
        raise ArtifactError(f"{path.name} is not an ONNX graph that this runtime can load") from error


def _runtime_errors() -> tuple[type[Exception], ...]:
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    names = (
        "Fail",
        "InvalidArgument",
        "InvalidGraph",
        "InvalidProtobuf",
        "NoSuchFile",
        "NotImplemented",
        "RuntimeException",
    )
    return (*(getattr(state, name) for name in names), ValueError, RuntimeError)


def _port(port: Any) -> Port:
    shape = tuple(size if isinstance(size, int) and size >= 0 else -1 for size in port.shape)
    return Port(port.name, port.type, shape)


def _dtype(port: Port) -> type[np.generic]:
    if port.dtype not in _TYPES:
        raise ArtifactError(f"the graph's {port.name} has the type {port.dtype}, which is not supported")
    return _TYPES[port.dtype]


def _fitting(port: Port, arrays: Arrays) -> NDArray[np.generic]:
    if port.name not in arrays:
        raise ContextError(f"the model needs an input {port.name!r}")
    value = np.asarray(arrays[port.name])
    wrong = value.ndim != len(port.shape) or any(
        want not in (-1, size) for want, size in zip(port.shape, value.shape, strict=False)
    )
    if wrong:
        raise ContextError(f"{port.name} has the shape {list(value.shape)}; the model needs {list(port.shape)}")
    if value.size > MAX_ELEMENTS:
        raise ContextError(f"{port.name} has {value.size:,} values; the limit is {MAX_ELEMENTS:,}")
    if value.dtype.kind not in "iufb":
        raise ContextError(f"{port.name} must hold numbers")
    return np.ascontiguousarray(value.astype(_dtype(port), copy=False))
