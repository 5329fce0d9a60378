"""One model over HTTP, as an ASGI app: Open Inference Protocol v2, and SageMaker's `/ping` and `/invocations`.

It exchanges arrays as JSON and has no texts, accounts or database; run it on a private network.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from serving.backends.base import BackendError, ContextError, OverloadError
from serving.backends.local import LocalBackend
from serving.model_server.tensors import RequestError, arrays_of, body_of, inputs_of, port_of, tensor_of

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BODY_BYTES = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status and the JSON object of its body."""

    status: int
    body: Mapping[str, object]


class ModelServer:
    """An ASGI app for one backend."""

    def __init__(self, backend: LocalBackend) -> None:
        self._backend = backend

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        try:
            answer = await self._answer(scope["method"], scope["path"], receive)
        except RequestError as error:
            answer = Answer(error.status, {"error": str(error)})
        except BackendError as error:
            answer = Answer(_status(error), {"error": error.detail})
        await _send(send, answer)

    async def _answer(self, method: str, path: str, receive: Receive) -> Answer:
        base = f"/v2/models/{self._backend.name}"
        if method == "POST" and path in {f"{base}/infer", "/invocations"}:
            return await self._infer(await _body(receive))
        if method not in {"GET", "HEAD"}:
            raise RequestError("use GET, or POST to infer or invocations", 405)
        if path in {"/ping", "/v2/health/live"}:
            return Answer(200, {"live": True})
        if path in {"/v2/health/ready", f"{base}/ready"}:
            await asyncio.to_thread(self._backend.warm)
            return Answer(200, {"ready": True, "name": self._backend.name})
        if path == "/v2":
            return Answer(200, {"name": "youman", "version": "1", "extensions": []})
        if path == base:
            return Answer(200, await asyncio.to_thread(self._described))
        raise RequestError(f"there is nothing at {path}; the model is {self._backend.name}", 404)

    async def _infer(self, body: bytes) -> Answer:
        asked = body_of(body)
        arrays = arrays_of(inputs_of(asked))
        scored = await asyncio.to_thread(self._backend.score, arrays)
        outputs = [tensor_of(name, value) for name, value in scored.items()]
        found: dict[str, object] = {"model_name": self._backend.name, "outputs": outputs}
        return Answer(200, found | ({"id": asked["id"]} if "id" in asked else {}))

    def _described(self) -> dict[str, object]:
        inputs, outputs = self._backend.ports()
        return {
            "name": self._backend.name,
            "platform": "onnx",
            "versions": [self._backend.artifact.sha256[:12]],
            "inputs": [port_of(port) for port in inputs],
            "outputs": [port_of(port) for port in outputs],
        }


def _status(error: BackendError) -> int:
    if isinstance(error, ContextError):
        return 400
    return 503 if isinstance(error, OverloadError) else 500


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RequestError("the caller disconnected")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY_BYTES:
            raise RequestError(f"the body may have at most {MAX_BODY_BYTES:,} bytes", 413)
        if not message.get("more_body"):
            return b"".join(parts)


async def _send(send: Send, answer: Answer) -> None:
    body = json.dumps(answer.body).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
