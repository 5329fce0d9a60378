"""A private S3-protocol server (moto) for the tests, and a proxy before it that fails on purpose."""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from tests.services.ports import free_port, wait_for
from tests.waiting import HANG_S
from youman.core.runtime import child_process

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "tests:tests",  # as Swift spells account and user; moto takes any
    "AWS_SECRET_ACCESS_KEY": "tests-secret",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@contextmanager
def running() -> Iterator[str]:
    """The address of a fresh server; it forgets everything when it stops."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with open(os.devnull, "wb") as nowhere:
        child = child_process.spawn(command, output=nowhere.fileno())
    try:
        wait_for(port, child)
        yield f"http://127.0.0.1:{port}"
    finally:
        child_process.stop(child)


@dataclass
class Faults:
    """What the proxy does to the next requests of a method: `errors` answers 500, `cuts` breaks off.

    `silent` never answers; `garbled` flips a bit of what the client sends.
    """

    method: str = ""
    errors: int = 0
    cuts: int = 0
    short_answers: int = 0
    silent: bool = False
    full: bool = False
    garbled: int = 0
    seen: list[str] = field(default_factory=list)
    end: threading.Event = field(default_factory=threading.Event)


@contextmanager
def faulty(target: str) -> Iterator[tuple[str, Faults]]:
    """A proxy before the server at `target`."""
    faults = Faults()

    class Handler(_Proxy):
        behind = target.removeprefix("http://")
        plan = faults

    server = _Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", faults
    finally:
        faults.end.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that gave up is what these tests are about."""


class _Proxy(BaseHTTPRequestHandler):
    behind: ClassVar[str]
    plan: ClassVar[Faults]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._pass()

    do_PUT = do_POST = do_DELETE = do_HEAD = do_GET  # noqa: N815  # the names that the server looks for

    def _pass(self) -> None:
        plan = self.plan
        plan.seen.append(self.command)
        hit = not plan.method or plan.method == self.command
        if hit and plan.silent:
            plan.end.wait()
            self._hang_up()
            return
        if hit and plan.cuts:
            plan.cuts -= 1
            self.rfile.read(min(1000, int(self.headers.get("Content-Length") or 0)))
            self._hang_up()
            return
        body = self._body()
        if hit and plan.garbled and body:
            plan.garbled -= 1
            body = bytes([body[0] ^ 1]) + body[1:]
        if hit and plan.full:
            self._say(507, b"<Error><Code>XMinioStorageFull</Code><Message>full</Message></Error>")
        elif hit and plan.errors:
            plan.errors -= 1
            self._say(500, b"<Error><Code>InternalError</Code><Message>try again</Message></Error>")
        else:
            self._relay(body)

    def _body(self) -> bytes:
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _relay(self, body: bytes) -> None:
        headers = {name: value for name, value in self.headers.items() if name.lower() != "expect"}
        with closing(HTTPConnection(self.behind, timeout=HANG_S)) as inner:
            inner.request(self.command, self.path, body=body, headers=headers)
            answer = inner.getresponse()
            self._hand_on(answer, answer.read())

    def _hand_on(self, answer: HTTPResponse, data: bytes) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                self.send_header(name, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(data))
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        if self.plan.short_answers and self.command == "GET" and len(data) > 10:
            self.plan.short_answers -= 1
            self.wfile.write(data[: len(data) // 2])
            self._hang_up()
        elif self.command != "HEAD":
            self.wfile.write(data)

    def _say(self, status: int, body: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/xml")
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None: ...
