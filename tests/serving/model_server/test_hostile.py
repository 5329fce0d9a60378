"""What a model server must not trip over: odd tensors, refused in a sentence with status 400."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from serving.backends.local import LocalBackend
from serving.model_server.app import ModelServer
from tests.serving.backends.graphs import graph_file

pytestmark = pytest.mark.attack("unrepresentable")
GOOD = {"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}
ODD = (
    "null", "true", "-1", "0", "1.5", "1e400", "1e39", "NaN", "-Infinity", "9" * 5_000, '""', '"\\ud800"',
    '"\\u0000"', '"FP33"',
    "[]", "[[]]", "{}", "[null]", "[{}]", '["1", "2"]', "[[1, 2], [3]]", "[true]", "[1e400, 1]", "[1e39, 1]",
    "[NaN, 1]",
    "[9223372036854775808, 1]", "[-1]", "[0]", "[1e3]", "[" + "9" * 400 + ", 2]", "[2147483647, 2147483647]",
    "[" * 90 + "]" * 90,
    "[" * 3_000 + "]" * 3_000,
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> ModelServer:
    artifact = graph_file(tmp_path_factory.mktemp("model"), 2.0)
    return ModelServer(LocalBackend("double", artifact))


def ask(server: ModelServer, body: str) -> httpx.Response:
    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url="http://model") as client:
            return await client.post("/v2/models/double/infer", content=body.encode())

    return asyncio.run(asked())


@pytest.mark.parametrize("field", [*GOOD, "inputs", "whole"])
def test_odd_values(server: ModelServer, field: str) -> None:
    place, tensor = '"HERE"', dict(GOOD)
    for value in ODD:
        if field == "whole":
            body = value
        elif field == "inputs":
            body = json.dumps({"inputs": "HERE"}).replace(place, value)
        else:
            body = json.dumps({"inputs": [tensor | {field: "HERE"}]}).replace(place, value)
        answer = ask(server, body)
        assert answer.status_code in {200, 400}, (value[:50], answer.text)
        json.loads(answer.text, parse_constant=pytest.fail)
        assert answer.status_code == 400 or field == "data"


@pytest.mark.parametrize("datatype", ["FP32", "FP64", "FP16", "INT64", "INT32", "UINT8", "BOOL"])
def test_numbers_beyond_a_type_are_refused(server: ModelServer, datatype: str) -> None:
    for value in ("1e400", "-1e400", "9" * 400, "1e309", '"1"', "null", "{}"):
        body = json.dumps({"inputs": [GOOD | {"datatype": datatype, "data": [1, "HERE"]}]}).replace('"HERE"', value)
        assert ask(server, body).status_code == 400


def test_two_inputs_of_one_name(server: ModelServer) -> None:
    answer = ask(server, json.dumps({"inputs": [GOOD, GOOD]}))
    assert (answer.status_code, answer.json()) == (400, {"error": "two inputs have the same name"})


@pytest.mark.parametrize("extra", ["id", "parameters", "outputs"])
def test_what_the_protocol_allows_beside_the_inputs_is_taken(server: ModelServer, extra: str) -> None:
    value: object = {"id": "\u2028", "parameters": {"any": 1}, "outputs": [{"name": "y"}]}[extra]
    answer = ask(server, json.dumps({"inputs": [GOOD | {"parameters": {}}], extra: value}))
    assert answer.status_code == 200
    assert answer.json()["outputs"][0]["data"] == [2.0, 4.0]
