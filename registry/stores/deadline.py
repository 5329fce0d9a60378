"""A deadline for a whole S3 operation, with all of its tries, whatever the server does or leaves undone.

boto3 bounds one read from a socket and the number of tries: a server that is silent, or sends a byte now and then,
holds its caller for minutes. Here a timer shuts the socket of the operation when its time is over, and nothing is sent
after that.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from botocore.exceptions import BotoCoreError, HTTPClientError
from urllib3.util import Timeout

CONNECT_S = 3.0  # a store that is up accepts at once
_PIECE = 64 * 1024  # the timeout of a socket is for one send: a large one would take long, and a stall be seen late


class DeadlinePassed(BotoCoreError):  # type: ignore[misc]  # botocore has no types
    """The operation took too long. boto3 does not try it again, unlike after an error of the connection."""

    fmt = "The operation took longer than its deadline"


class Watch:
    """One operation in one thread: its deadline, and the socket that it uses at the moment."""

    def __init__(self, seconds: float, stall_s: float) -> None:
        self.stall_s = stall_s
        self._ends_at = time.monotonic() + seconds
        self._lock = threading.Lock()  # the socket may serve another operation as soon as this one is done
        self._sock: socket.socket | None = None
        self._over = False
        self.is_shut = False

    @property
    def left_s(self) -> float:
        return self._ends_at - time.monotonic()

    @property
    def sock(self) -> socket.socket | None:
        return self._sock

    def use(self, sock: socket.socket | None) -> None:
        with self._lock:
            self._sock = sock
        if self.left_s <= 0:
            self.shut()

    def shut(self) -> None:
        """End the operation: what waits for its socket returns at once."""
        with self._lock:
            if self._sock is not None and not self._over:
                self.is_shut = True
                with suppress(OSError):
                    self._sock.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        with self._lock:
            self._over = True


_watch: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def within(seconds: float, *, stall_s: float) -> Iterator[Watch]:
    """End the operation inside after so many seconds, and one wait for the network after `stall_s`.

    Raises DeadlinePassed at the end of an operation that was cut off, even if it looks complete.
    """
    watch = Watch(seconds, stall_s)
    timer = threading.Timer(seconds, watch.shut)
    timer.daemon = True
    timer.start()
    token = _watch.set(watch)
    try:
        yield watch
        if watch.is_shut:  # an answer that was cut off among its headers looks like a short one
            raise DeadlinePassed
    finally:
        _watch.reset(token)
        watch.end()
        timer.cancel()


class _Watched:
    """The connections of an operation tell it their socket, and send a body in pieces."""

    sock: socket.socket | None

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]  # of the connection
        _use(self.sock)

    def request(self, *args: Any, **kwargs: Any) -> Any:
        _use(self.sock)  # a connection that was kept open
        return super().request(*args, **kwargs)  # type: ignore[misc]  # of the connection

    def send(self, data: Any) -> Any:
        if not isinstance(data, bytes | bytearray | memoryview) or len(data) <= _PIECE:
            return super().send(data)  # type: ignore[misc]  # of the connection
        view = memoryview(data)
        for start in range(0, len(view), _PIECE):
            super().send(view[start : start + _PIECE])  # type: ignore[misc]  # of the connection
        return None


def _use(sock: socket.socket | None) -> None:
    watch = _watch.get()
    if watch is not None and sock is not None:
        watch.use(sock)


class _Timed:
    """The pools give each request what is left of its operation's time."""

    def urlopen(self, *args: Any, **kwargs: Any) -> Any:
        watch = _watch.get()
        if watch is not None:
            left = max(0.001, watch.left_s)
            kwargs["timeout"] = Timeout(connect=min(CONNECT_S, left), read=min(watch.stall_s, left))
        return super().urlopen(*args, **kwargs)  # type: ignore[misc]  # of the pool


class _Connection(_Watched, AWSHTTPConnection):  # type: ignore[misc]  # botocore has no types
    pass


class _TLSConnection(_Watched, AWSHTTPSConnection):  # type: ignore[misc]  # botocore has no types
    pass


class _Pool(_Timed, AWSHTTPConnectionPool):  # type: ignore[misc]  # botocore has no types
    ConnectionCls = _Connection


class _TLSPool(_Timed, AWSHTTPSConnectionPool):  # type: ignore[misc]  # botocore has no types
    ConnectionCls = _TLSConnection


class _Session:
    """The session of a client: no try begins after the deadline, and one that is cut off by it is not repeated."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def send(self, request: Any) -> Any:
        watch = _watch.get()
        if watch is not None and watch.left_s <= 0:
            raise DeadlinePassed
        try:
            return self._inner.send(request)
        except HTTPClientError as error:
            if watch is not None and watch.left_s <= 0:
                raise DeadlinePassed from error
            raise

    def close(self) -> None:
        self._inner.close()


def bound(client: Any) -> None:
    """Make a boto3 client obey `within`. Its session is private to botocore, which has no setting for this."""
    endpoint = client._endpoint
    endpoint.http_session._pool_classes_by_scheme.update({"http": _Pool, "https": _TLSPool})
    endpoint.http_session = _Session(endpoint.http_session)
