"""One model over real HTTP: Open Inference v2 and SageMaker's routes, from the command as it is started."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.core.management import CommandError, call_command

from tests.services import model_server
from tests.serving.backends.graphs import graph_file
from tests.waiting import HANG_S


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("model")
    artifact = graph_file(folder, 2.0)
    given = ("--sha256", artifact.sha256, "--name", "double")
    with model_server.running(artifact.path, *given, log=folder / "log") as started:
        yield started


def _ask(data: object, shape: list[int], datatype: str = "FP32") -> dict[str, object]:
    return {"id": "7", "inputs": [{"name": "x", "shape": shape, "datatype": datatype, "data": data}]}


@pytest.mark.parametrize("path", ["/v2/models/double/infer", "/invocations"])
def test_arrays_are_answered_by_both_protocols(address: str, path: str) -> None:
    answer = httpx.post(address + path, json=_ask([1, 2, 3, 4], [2, 2]), timeout=HANG_S)
    assert answer.status_code == 200
    assert answer.json() == {
        "model_name": "double",
        "id": "7",
        "outputs": [{"name": "y", "datatype": "FP32", "shape": [2, 2], "data": [2.0, 4.0, 6.0, 8.0]}],
    }


def test_health_and_metadata(address: str) -> None:
    assert httpx.get(f"{address}/v2/health/live", timeout=HANG_S).json() == {"live": True}
    assert httpx.get(f"{address}/v2/models/double/ready", timeout=HANG_S).json() == {"ready": True, "name": "double"}
    told = httpx.get(f"{address}/v2/models/double", timeout=HANG_S).json()
    assert told["inputs"] == [{"name": "x", "datatype": "FP32", "shape": [-1, 2]}]
    assert told["platform"] == "onnx"


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"no json", 400, "the body is not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b"[]", 400, 'the body must be an object such as {"inputs": [...]}'),
        (b"{}", 400, 'the body must have "inputs": a list of {name, shape, datatype, data}'),
        (
            b'{"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1]}]}',
            400,
            "the data of x does not fit its shape and datatype",
        ),
        (
            b'{"inputs": [{"name": "w", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}]}',
            400,
            "the model needs an input 'x'",
        ),
        (
            b'{"inputs": [{"name": "x", "shape": [-1], "datatype": "FP32", "data": [1]}]}',
            400,
            "the shape of x must be a list of whole numbers",
        ),
    ],
)
def test_a_bad_request_is_answered_with_what_is_wrong(address: str, body: bytes, status: int, error: str) -> None:
    answer = httpx.post(f"{address}/invocations", content=body, timeout=HANG_S)
    assert (answer.status_code, answer.json()) == (status, {"error": error})


def test_other_models_and_methods_are_not_there(address: str) -> None:
    assert httpx.post(f"{address}/v2/models/other/infer", json={}, timeout=HANG_S).status_code == 405
    assert httpx.get(f"{address}/v2/models/other", timeout=HANG_S).status_code == 404
    assert httpx.put(f"{address}/ping", timeout=HANG_S).status_code == 405


def test_a_file_that_does_not_hash_as_told_is_not_served(tmp_path: Path) -> None:
    artifact = graph_file(tmp_path, 2.0)
    with pytest.raises(CommandError, match="SHA-256 differs"):
        call_command("serve_model", str(artifact.path), "--sha256", "0" * 64)
