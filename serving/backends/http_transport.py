"""The HTTP client under the vendors' SDKs: one per backend, a deadline for the whole answer, vetted addresses.

The SDKs limit the time of a read, not of a call: a vendor that sends a byte now and then could hold a worker for ever.
So each call has its deadline here, and every part of an answer is checked against it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from youman.core.http.guarded_client import vetted_address

if TYPE_CHECKING:
    import httpx2

CONNECT_S = 5.0  # a server that is up accepts at once; the deadline is for its answer
MAX_CONNECTIONS = 256  # as many as requests can run in a process
VETTED_S = 10  # spares each call a lookup, and an address that has changed is noticed soon
_HEADERS = frozenset(
    {"accept", "accept-encoding", "anthropic-version", "connection", "content-length", "content-type", "host",
     "transfer-encoding", "user-agent", "x-goog-api-client"}
)  # fmt: skip
_deadline: ContextVar[float] = ContextVar("deadline", default=0.0)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """End the calls inside after so many seconds, whatever the vendor does."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def seconds_left() -> float:
    return max(0.001, _deadline.get() - time.monotonic())


def make_client(base_url: str, credential: tuple[str, str]) -> httpx2.Client:
    """Return the client of one backend in one process. `credential` is the header with the key.

    An address that staff entered is vetted at every connection, no redirect is followed, and of the headers that an SDK
    sends only those pass that every endpoint needs: SDKs add credentials and headers of the environment on their own.
    """
    import httpx2

    limits = httpx2.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=MAX_CONNECTIONS)
    hooks: dict[str, list[Callable[..., object]]] = {"request": [_hurry], "response": [_watch]}
    timeout = httpx2.Timeout(60.0, connect=CONNECT_S)
    if not base_url:
        return httpx2.Client(limits=limits, timeout=timeout, event_hooks=hooks)
    hooks["request"].append(partial(_only_ours, credential))
    return httpx2.Client(transport=_pinned(limits), timeout=timeout, event_hooks=hooks, trust_env=False)


def _only_ours(credential: tuple[str, str], request: httpx2.Request) -> None:
    for name in [name for name in request.headers if name not in _HEADERS]:
        del request.headers[name]
    request.headers[credential[0]] = credential[1]


def _pinned(limits: httpx2.Limits) -> httpx2.BaseTransport:
    import httpx2

    class Pinned(httpx2.HTTPTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            host = request.url.host
            address = _vetted(f"{request.url.scheme}://{request.url.netloc.decode()}", int(time.monotonic() / VETTED_S))
            if address != host:
                request.extensions = {**request.extensions, "sni_hostname": host}
                request.url = request.url.copy_with(host=address)
            return super().handle_request(request)

    return Pinned(limits=limits, retries=0)  # see `max_retries` of the vendors


@lru_cache(maxsize=64)
def _vetted(origin: str, moment: int) -> str:
    """Return the address to connect to, looked up every few seconds. Raises UnsafeAddress, which is not cached."""
    del moment  # only a part of the cache's key: an answer is valid for VETTED_S
    return vetted_address(origin)


def _hurry(request: httpx2.Request) -> None:
    seconds = seconds_left()
    request.extensions["timeout"] = {
        "connect": min(CONNECT_S, seconds), "read": seconds, "write": seconds, "pool": min(CONNECT_S, seconds),
    }  # fmt: skip


def _watch(response: httpx2.Response) -> None:
    """Limit the body, once the headers have arrived, to the time that is left."""
    import httpx2

    request = response.request
    assert isinstance(response.stream, httpx2.SyncByteStream)
    inner: httpx2.SyncByteStream = response.stream

    class Watched(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            request.extensions["timeout"]["read"] = seconds_left()
            for part in inner:
                if time.monotonic() > _deadline.get():
                    raise httpx2.ReadTimeout("the answer took longer than its deadline", request=request)
                yield part

        def close(self) -> None:
            inner.close()

    response.stream = Watched()
