"""A client that writes bytes to a socket, for requests that no library would send."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from tests.waiting import HANG_S


@dataclass(frozen=True)
class Answer:
    """Status 0 when the server closed the connection without an answer; `sent` counts the bytes of the body."""

    status: int
    headers: dict[str, str]
    body: bytes
    sent: int


def ask(
    address: tuple[str, int], head: str, body: Iterable[bytes] = (), *, hang_s: float = HANG_S, timeout: bool = False
) -> Answer:
    """Send a head (lines without their ends) and then the body piece by piece until the server answers.

    With `timeout` a server that stays silent for `hang_s` is an answer of status -1.
    """
    with socket.create_connection(address, timeout=hang_s) as wire:
        wire.sendall(("\r\n".join(head.strip().splitlines()) + "\r\n\r\n").encode("latin-1"))
        sent = 0
        try:
            for piece in body:
                if select.select([wire], [], [], 0)[0]:
                    break
                wire.sendall(piece)
                sent += len(piece)
        except OSError:
            pass  # the server has closed; what it said is in the buffer
        try:
            return _read(wire, sent)
        except TimeoutError:
            if timeout:
                return Answer(-1, {}, b"", sent)
            raise


def _read(wire: socket.socket, sent: int) -> Answer:
    heard = b""
    while b"\r\n\r\n" not in heard:
        try:
            piece = wire.recv(65_536)
        except ConnectionError:
            piece = b""
        if not piece:
            return Answer(0, {}, heard, sent)
        heard += piece
    head, _, body = heard.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        piece = wire.recv(65_536)
        if not piece:
            break
        body += piece
    return Answer(int(first.split()[1]), headers, body, sent)


def chunks(total: int, piece: int = 16_384) -> Iterable[bytes]:
    """A body in chunks of this many bytes in all, with its end."""
    for _ in range(total // piece):
        yield f"{piece:x}\r\n".encode() + b"a" * piece + b"\r\n"
    yield b"0\r\n\r\n"
