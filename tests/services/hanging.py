"""A TCP proxy before a server of S3 that stops in the middle: it accepts and reads, and then says nothing more.

Unlike the proxy in `s3.py` it fails between the bytes of a request or an answer. What hangs is let go when it ends.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BufferedReader
from typing import Literal
from urllib.parse import urlsplit

from tests.waiting import join

# Where it stops: before it reads anything; after the request's headers; in the middle of its body; before the answer;
# after the answer's headers; in the middle of the answer's body. `trickle` sends the answer a byte at a time.
Stage = Literal["connect", "headers", "body", "answer", "answer_headers", "answer_body", "trickle"]
STAGES: tuple[Stage, ...] = ("connect", "headers", "body", "answer", "answer_headers", "answer_body", "trickle")


@dataclass
class Hang:
    """What hangs: the first lines of requests (`PUT /bucket/key?uploads HTTP/1.1`) for which `hits` is true."""

    stage: Stage = "answer"
    hits: Callable[[str], bool] = lambda line: False
    pause_s: float = 0.05  # between the bytes of a trickle
    hung: list[str] = field(default_factory=list)
    end: threading.Event = field(default_factory=threading.Event)


@contextmanager
def hanging(target: str) -> Iterator[tuple[str, Hang]]:
    """The proxy's address, and what hangs there; nothing at first."""
    plan, behind = Hang(), urlsplit(target)
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=_serve, args=[client, (behind.hostname, behind.port), plan], daemon=True)
            threads.append(thread)
            thread.start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", plan
    finally:
        plan.end.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        join(acceptor, *threads)


def _serve(client: socket.socket, behind: tuple[str, int], plan: Hang) -> None:
    """Serve one request; the connection is closed after it, so that each has a thread of its own."""
    with client, suppress(OSError, ConnectionError):
        if plan.stage == "connect" and plan.hits(""):
            _hang(plan, "connect")
            return
        reader = client.makefile("rb")
        head = _head(reader)
        line = head.split(b"\r\n", 1)[0].decode()
        stage: str = plan.stage if line and plan.hits(line) else ""
        if stage == "headers":
            _hang(plan, line)
            return
        length = _length(head)
        if b"100-continue" in head.lower():
            client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        if stage == "body":
            reader.read(length // 2)
            _hang(plan, line)
            return
        body = reader.read(length)
        if stage == "answer":
            _hang(plan, line)
            return
        _relay(client, _asked(behind, head, body), stage, line, plan)


def _hang(plan: Hang, line: str) -> None:
    plan.hung.append(line)
    plan.end.wait()


def _head(reader: BufferedReader) -> bytes:
    lines = []
    while (line := reader.readline()) not in (b"\r\n", b""):
        lines.append(line)
    return b"".join(lines) + b"\r\n"


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


def _asked(behind: tuple[str, int], head: bytes, body: bytes) -> bytes:
    """The whole answer of the server behind."""
    kept = [
        line for line in head.split(b"\r\n") if line and line.split(b":")[0].lower() not in {b"expect", b"connection"}
    ]
    with socket.create_connection(behind) as inner:
        inner.sendall(b"\r\n".join([*kept, b"Connection: close", b"", b""]) + body)
        parts = []
        while data := inner.recv(65_536):
            parts.append(data)
    return b"".join(parts)


def _relay(client: socket.socket, answer: bytes, stage: str, line: str, plan: Hang) -> None:
    head, _, body = answer.partition(b"\r\n\r\n")
    if stage == "answer_headers":
        client.sendall(head + b"\r\n\r\n")
    elif stage == "answer_body":
        client.sendall(head + b"\r\n\r\n" + body[: len(body) // 2])
    elif stage == "trickle":
        plan.hung.append(line)
        for place in range(len(answer)):
            client.sendall(answer[place : place + 1])
            if plan.end.wait(plan.pause_s):
                return
        return
    else:
        client.sendall(answer)
        return
    _hang(plan, line)
