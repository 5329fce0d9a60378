"""Kombu's Redis transport, with a channel that can be closed while Redis is away.

`youman.celery` gives it to Celery under the names of the original.
"""

from __future__ import annotations

from contextlib import suppress
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis


class Channel(redis.Channel):
    """A channel that closes completely even if Redis does not answer.

    Kombu reads the answer to its open BRPOP first. If that fails, it leaves the channel half closed; the worker then
    closes it again, by now without a connection, and ends with an AttributeError. This needs a free slot of the pool
    (for the BRPOP) and a message that is not acknowledged: a restart of Redis under a text in flight.
    """

    _in_poll: Any  # what the stubs of kombu leave out
    _brpop_read: Any
    connection_errors: tuple[type[BaseException], ...]

    def close(self) -> None:
        if self._in_poll:
            with suppress(Empty, *self.connection_errors):
                self._brpop_read()
        super().close()


class Transport(redis.Transport):
    Channel: Any = Channel


def install() -> None:
    """Let the schemes redis and rediss of a broker's URL mean this transport. Idempotent."""
    for scheme in ("redis", "rediss"):
        TRANSPORT_ALIASES[scheme] = f"{__name__}:Transport"
