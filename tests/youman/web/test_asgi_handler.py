"""The ASGI application as a server calls it: answers, streams, clients that go away, connections given back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from tests.waiting import HANG_S
from youman import urls as real
from youman.core.runtime.logging import request_id
from youman.web.asgi_handler import SingleHopHandler

pytestmark = pytest.mark.django_db(transaction=True)
Message = Mapping[str, Any]
closed = threading.Event()


def count(_: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 7")
        return HttpResponse(str(cursor.fetchone()[0]))


def body(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.read())


def broken(_: HttpRequest) -> HttpResponse:
    raise RuntimeError("as it happens")


def named(_: HttpRequest) -> HttpResponse:
    return HttpResponse(request_id.get())


def lines(_: HttpRequest) -> StreamingHttpResponse:
    def each() -> Iterator[str]:
        for number in range(3):
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s", [number])
                yield f"{cursor.fetchone()[0]}\n"

    return StreamingHttpResponse(each())


async def endless(_: HttpRequest) -> StreamingHttpResponse:
    async def each() -> Any:
        try:
            while True:
                yield b"tick\n"
                await asyncio.sleep(0)
        finally:
            closed.set()

    return StreamingHttpResponse(each())


urlpatterns = [
    *real.urlpatterns[:2],
    path("count", count),
    path("body", body),
    path("broken", broken),
    path("named", named),
    path("lines", lines),
    path("endless", endless),
]
handler404, handler500 = real.handler404, real.handler500


class Wire:
    """A client: sends one request, hears the answer, and may go away after so many pieces."""

    def __init__(self, path: str, sent: bytes = b"", stays_for: int | None = None) -> None:
        headers = [(b"host", b"127.0.0.1"), (b"content-length", str(len(sent)).encode())]
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": "POST" if sent else "GET",
            "path": path,
            "query_string": b"",
        }
        self.scope |= {"headers": headers, "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1)}
        self._sent, self._stays_for = sent, stays_for
        self._asked = False
        self._gone = asyncio.Event()
        self.heard: list[Message] = []

    async def receive(self) -> Message:
        if self._asked:
            await self._gone.wait()
            return {"type": "http.disconnect"}
        self._asked = True
        return {"type": "http.request", "body": self._sent, "more_body": False}

    async def send(self, message: Message) -> None:
        self.heard.append(message)
        if self._stays_for is not None and len(self.heard) > self._stays_for:
            self._gone.set()

    @property
    def answer(self) -> tuple[int, bytes]:
        return self.heard[0]["status"], b"".join(one.get("body", b"") for one in self.heard[1:])


@pytest.fixture
def handler(settings: Any) -> SingleHopHandler:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Csrf" not in name]
    return SingleHopHandler()


def ask(handler: SingleHopHandler, *wires: Wire) -> list[tuple[int, bytes]]:
    async def all_of_them() -> None:
        await asyncio.gather(*(handler(wire.scope, wire.receive, wire.send) for wire in wires))

    asyncio.run(asyncio.wait_for(all_of_them(), HANG_S))
    return [wire.answer for wire in wires]


def test_views_answer_and_connections_go_back(handler: SingleHopHandler) -> None:
    """Forty at once, twice, from threads that stay: with one connection kept by each, the pool of sixteen runs dry."""
    for _ in range(2):
        assert ask(handler, *(Wire("/count") for _ in range(40))) == [(200, b"7")] * 40


def test_a_body_is_read_and_what_is_not_there_is_said(handler: SingleHopHandler) -> None:
    assert ask(handler, Wire("/body", b"x" * 3_000_000), Wire("/livez")) == [
        (200, b"x" * 3_000_000),
        (200, b'{"status": "ok"}'),
    ]
    ((status, _),) = ask(handler, Wire("/nowhere"))
    assert status == 404


def test_an_error_of_ours_is_an_answer(handler: SingleHopHandler, caplog: pytest.LogCaptureFixture) -> None:
    ((status, said),) = ask(handler, Wire("/broken"))
    assert (status, b"as it happens" in said) == (500, False)
    assert "as it happens" in caplog.text


def test_each_request_has_an_id_of_its_own(handler: SingleHopHandler) -> None:
    before, wires = request_id.get(), [Wire("/named") for _ in range(20)]
    found = {said for _, said in ask(handler, *wires)}
    assert len(found) == 20
    assert {dict(wire.heard[0]["headers"])[b"X-Request-ID"] for wire in wires} == found
    assert request_id.get() == before


def test_a_stream_of_a_synchronous_view_comes_piece_by_piece(handler: SingleHopHandler) -> None:
    wire = Wire("/lines")
    assert ask(handler, wire) == [(200, b"0\n1\n2\n")]
    assert [one.get("body") for one in wire.heard[1:]] == [b"0\n", b"1\n", b"2\n", None]
    ask(handler, *(Wire("/lines") for _ in range(40)))


def test_a_stream_ends_when_its_reader_has_gone(handler: SingleHopHandler) -> None:
    closed.clear()
    ask(handler, Wire("/endless", stays_for=5))
    assert closed.is_set()
