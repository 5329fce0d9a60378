"""A threaded HTTP server that speaks the three protocols. Faults come from a queue, one a request; then all is well."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.vendors import faults, shapes
from tests.vendors.batches import HOLD, Batches
from tests.vendors.faults import Reply
from tests.vendors.shapes import Tokens
from tests.waiting import HANG_S

_GOOGLE = re.compile(r"/v1(?:beta)?/models/([^:]+):(generateContent|streamGenerateContent)")


@dataclass(frozen=True)
class Seen:
    """A request as it came over the wire."""

    vendor: str
    path: str
    model: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        if self.vendor == "google":
            return str(self.body["contents"][-1]["parts"][0]["text"])
        return str(self.body["messages"][-1]["content"])

    @property
    def system(self) -> str:
        if self.vendor == "google":
            return str(self.body.get("systemInstruction", {}).get("parts", [{}])[0].get("text", ""))
        if self.vendor == "anthropic":
            return "".join(block["text"] for block in self.body.get("system", []))
        first = self.body["messages"][0]
        return str(first["content"]) if first["role"] == "system" else ""


@dataclass
class VendorServer:
    """`faults` are taken one a request; `always` is the fault of every request once they are used up."""

    port: int
    faults: deque[str] = field(default_factory=deque)
    always: str = "ok"
    tokens: Tokens = field(default_factory=Tokens)
    answer: Callable[[Seen], str] = lambda seen: seen.prompt
    seen: list[Seen] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    batches: Batches = field(default_factory=Batches)
    scripted: Reply | None = None  # the answer to every request, whatever it asks

    def url(self, vendor: str) -> str:
        """The base address that a deployment names."""
        end = {"openai": "/openai/v1", "anthropic": "/anthropic", "google": "/google"}
        return f"http://127.0.0.1:{self.port}{end[vendor]}"

    def next_fault(self) -> str:
        try:
            return self.faults.popleft()
        except IndexError:
            return self.always


@contextmanager
def vendors() -> Iterator[VendorServer]:
    state = VendorServer(0)

    class Handler(_Handler):
        shared = state

    server = _Server(("127.0.0.1", 0), Handler)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed or gave up is what tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    shared: VendorServer

    def do_GET(self) -> None:
        if not self._batched("GET", b""):
            self._send(404, json.dumps({"error": {"message": f"no such path {self.path}", "code": "bad_path"}}))

    def do_POST(self) -> None:
        raw = self._raw()
        if self._batched("POST", raw):
            return
        body = json.loads(raw)
        seen = self._seen(body)
        if seen is None:
            self._send(404, json.dumps({"error": {"message": f"no such path {self.path}", "code": "bad_path"}}))
            return
        self.shared.seen.append(seen)
        fault = self.shared.next_fault()
        try:
            self._reply(seen, fault)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _raw(self) -> bytes:
        """The OpenAI SDK sends a file in chunks."""
        if "content-length" in self.headers:
            return self.rfile.read(int(self.headers["content-length"]))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _batched(self, method: str, raw: bytes) -> bool:
        _, vendor, rest = [*self.path.partition("?")[0].split("/", 2), ""][:3]
        headers = {name.lower(): value for name, value in self.headers.items()}

        def answer(vendor: str, model: str, body: dict[str, Any]) -> dict[str, Any]:
            seen = Seen(vendor, self.path, model, headers, body)
            return shapes.whole(vendor, model, self.shared.answer(seen), self.shared.tokens)

        reply = self.shared.batches.handle(method, vendor, f"/{rest}", raw, answer)
        if reply is None:
            return False
        if reply == HOLD:
            self.shared.batches.held.set()
            self.shared.release.wait(HANG_S)
        self.close_connection = isinstance(reply, str) or "x-fault" in reply.headers
        if isinstance(reply, Reply):
            text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
            self._send(reply.status, text, reply.headers, more=1 if "x-fault" in reply.headers else 0)
        return True

    def _seen(self, body: dict[str, Any]) -> Seen | None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        _, vendor, rest = [*self.path.split("/", 2), ""][:3]
        rest = "/" + rest.partition("?")[0]
        if vendor == "google" and (match := _GOOGLE.fullmatch(rest)):
            return Seen(vendor, self.path, match[1], headers, body)
        if (vendor, rest) in {("openai", "/v1/chat/completions"), ("anthropic", "/v1/messages")}:
            return Seen(vendor, self.path, body["model"], headers, body)
        return None

    def _reply(self, seen: Seen, fault: str) -> None:
        streamed = bool(seen.body.get("stream")) or "streamGenerateContent" in seen.path
        if (scripted := self.shared.scripted) is not None:
            text = scripted.body if isinstance(scripted.body, str) else json.dumps(scripted.body)
            self._send(scripted.status, text, scripted.headers, streamed=streamed and scripted.status == 200)
        elif fault in faults.CONNECTION:
            self._break(seen, fault, streamed)
        elif fault != "ok":
            make = faults.streamed if streamed else lambda name, *who: faults.REPLIES[name](*who)
            reply = make(fault, seen.vendor, seen.model)
            text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
            self._send(reply.status, text, reply.headers, streamed=streamed and reply.status == 200)
        elif streamed:
            text = "".join(shapes.stream(seen.vendor, seen.model, self.shared.answer(seen), self.shared.tokens))
            self._send(200, text, streamed=True)
        else:
            answer = shapes.whole(seen.vendor, seen.model, self.shared.answer(seen), self.shared.tokens)
            if seen.vendor == "openai" and seen.body.get("service_tier") == "flex":
                answer["service_tier"] = "flex"
            self._send(200, json.dumps(answer))

    def _send(
        self, status: int, text: str, headers: dict[str, str] | None = None, *, streamed: bool = False, more: int = 0
    ) -> None:
        """`more` bytes are promised and never sent."""
        data = text.encode()
        self.send_response(status)
        self.send_header("content-type", "text/event-stream" if streamed else "application/json")
        self.send_header("content-length", str(len(data) + more))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _break(self, seen: Seen, fault: str, streamed: bool) -> None:
        """Silence before the answer, silence within it, or an end in the middle of it."""
        self.close_connection = True
        if fault == "timeout_before":
            self.shared.release.wait(HANG_S)
            return
        if streamed:
            whole = "".join(shapes.stream(seen.vendor, seen.model, self.shared.answer(seen), self.shared.tokens))
            half = whole[: whole.rindex("data: ", 0, 2 * len(whole) // 3)]
        else:
            whole = json.dumps(shapes.whole(seen.vendor, seen.model, self.shared.answer(seen), self.shared.tokens))
            half = whole[: len(whole) // 2]
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if streamed else "application/json")
        self.send_header("content-length", str(len(whole.encode())))
        self.end_headers()
        self.wfile.write(half.encode())
        self.wfile.flush()
        if fault == "timeout_during":
            self.shared.release.wait(HANG_S)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the tests look at `seen`."""
