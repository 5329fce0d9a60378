"""Converts Open Inference's JSON tensors to arrays and back; an error says in a sentence what is wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from serving.backends.runtime import Port

# Open Inference's names for the types that we serve.
_NAMES = {
    "tensor(float)": "FP32", "tensor(double)": "FP64", "tensor(float16)": "FP16",
    "tensor(int64)": "INT64", "tensor(int32)": "INT32", "tensor(uint8)": "UINT8", "tensor(bool)": "BOOL",
}  # fmt: skip
_TYPES: dict[str, type[np.generic]] = {
    "FP32": np.float32, "FP64": np.float64, "FP16": np.float16,
    "INT64": np.int64, "INT32": np.int32, "UINT8": np.uint8, "BOOL": np.bool_,
}  # fmt: skip


class RequestError(Exception):
    """The request cannot be read; the text says what is wrong with it."""

    def __init__(self, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.status = status


def port_of(port: Port) -> dict[str, object]:
    """Describe an input or output as Open Inference's metadata does."""
    return {"name": port.name, "datatype": _NAMES.get(port.dtype, port.dtype), "shape": list(port.shape)}


def body_of(body: bytes) -> dict[str, Any]:
    """Return the request body as an object. Raises RequestError."""
    try:
        asked = json.loads(body, parse_constant=_refused_constant, parse_float=_finite, parse_int=_whole)
    except ValueError as error:
        raise RequestError(f"the body is not JSON: {error}") from error
    except RecursionError as error:
        raise RequestError("the body is nested too deep") from error
    if not isinstance(asked, dict):
        raise RequestError('the body must be an object such as {"inputs": [...]}')
    return asked


def inputs_of(body: Mapping[str, Any]) -> list[Any]:
    """Return the list of input tensors. Raises RequestError."""
    inputs = body.get("inputs")
    if not isinstance(inputs, list) or not inputs:
        raise RequestError('the body must have "inputs": a list of {name, shape, datatype, data}')
    return inputs


def arrays_of(inputs: list[Any]) -> dict[str, NDArray[np.generic]]:
    """Return the arrays by the names of their inputs. Raises RequestError, also when two inputs have one name."""
    pairs = [array_of(one) for one in inputs]
    arrays = dict(pairs)
    if len(arrays) < len(pairs):
        raise RequestError("two inputs have the same name")
    return arrays


def array_of(tensor: object) -> tuple[str, NDArray[np.generic]]:
    """Return the name and the array of one input tensor. Raises RequestError."""
    if not isinstance(tensor, dict):
        raise RequestError("each input must be an object")
    name, shape, datatype = tensor.get("name"), tensor.get("shape"), tensor.get("datatype")
    if not isinstance(name, str) or not isinstance(datatype, str) or datatype not in _TYPES:
        raise RequestError(f"the input {name!r} must have a name and a datatype of {', '.join(_TYPES)}")
    if not isinstance(shape, list) or not all(type(size) is int and size >= 0 for size in shape):
        raise RequestError(f"the shape of {name} must be a list of whole numbers")
    data = tensor.get("data")
    if not isinstance(data, list) or not all(map(_is_number_or_list, data)):
        raise RequestError(
            f"the data of {name} must be a list of numbers or true and false, flat or nested like its shape"
        )
    try:
        with np.errstate(all="ignore"):  # what does not fit becomes infinite, which the next check refuses
            array = np.asarray(data, dtype=_TYPES[datatype]).reshape(shape)
    except (ValueError, TypeError, ArithmeticError, RecursionError, MemoryError) as error:
        raise RequestError(f"the data of {name} does not fit its shape and datatype") from error
    if not np.isfinite(array).all():
        raise RequestError(f"the data of {name} has numbers too large for {datatype}")
    return name, array


def _refused_constant(name: str) -> float:
    raise ValueError(f"JSON does not have {name}")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"the number {digits[:30]} is too large")
    return number


def _whole(digits: str) -> int:
    if len(digits) > 20:  # 64 bits and a sign; int() has a limit of its own with another error
        raise ValueError(f"the number {digits[:30]} is too large")
    return int(digits)


def _is_number_or_list(value: object) -> bool:
    return isinstance(value, bool | int | float | list)


def tensor_of(name: str, value: NDArray[np.generic]) -> dict[str, object]:
    """Convert an array to an output tensor."""
    datatype = next(known for known, type_ in _TYPES.items() if np.dtype(type_) == value.dtype)
    return {"name": name, "datatype": datatype, "shape": list(value.shape), "data": value.ravel().tolist()}
