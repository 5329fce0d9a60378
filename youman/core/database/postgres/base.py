"""Django's PostgreSQL backend with a cheaper check of a pooled connection before it is used.

Django checks it by an empty statement at every request, a fifth of the cost of a small answer. If the server has closed
a connection (after a restart or a timeout), its socket becomes readable, which costs no round trip to notice. Only a
connection that was idle for a while is checked by a statement, since a broken network gives no sign on the socket.

A request that waits too long for the pool is told apart from one whose database is away: the first raises PoolTimeout
(`is_busy`), the second OperationalError.
"""

from __future__ import annotations

import select
import threading
import time
from typing import Any
from weakref import WeakKeyDictionary

from django.db.backends.postgresql import base
from psycopg import Connection, OperationalError
from psycopg_pool import PoolTimeout

_ASK_AFTER_S = 10.0  # idle seconds after which a connection is checked by a statement
_PROBE_S = 2  # how long a new connection may take before the database counts as away; libpq's least
_PROBED_FOR_S = 1.0  # the threads that wait together share the answer of one probe
_WAITS = 4  # times the pool's timeout: what a request waits while the database answers
_last_seen: WeakKeyDictionary[Connection[Any], float] = WeakKeyDictionary()


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's wrapper, which takes only live connections from the pool."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        connection = self._wait_for_connection(conn_params)
        while self.pool is not None and not is_alive(connection):
            connection.close()
            self.pool.putconn(connection)  # the pool drops it and opens another
            connection = self._wait_for_connection(conn_params)
        return connection

    def _wait_for_connection(self, conn_params: dict[str, Any]) -> Connection[Any]:
        """Wait for the pool as long as the database answers. Raises PoolTimeout, or OperationalError if it is away."""
        for waits in range(1, _WAITS + 1):
            try:
                connection: Connection[Any] = super().get_new_connection(conn_params)
            except PoolTimeout as error:
                if not _probe.answers(conn_params):
                    raise OperationalError("the database accepts no connection") from error
                if waits == _WAITS:
                    raise
            else:
                return connection
        raise AssertionError("unreachable")


class _Probe:
    """Whether the database accepts a connection that is not the pool's; asked by one thread for all that wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until, self._answered = 0.0, False

    def answers(self, conn_params: dict[str, Any]) -> bool:
        with self._lock:
            if time.monotonic() >= self._until:
                self._answered = self._ask(conn_params)
                self._until = time.monotonic() + _PROBED_FOR_S
            return self._answered

    def _ask(self, conn_params: dict[str, Any]) -> bool:
        try:
            Connection.connect(**conn_params | {"connect_timeout": _PROBE_S}).close()
        except OperationalError as error:
            # It answers, and all of its connections are in use.
            return "too many clients" in str(error) or "connection slots" in str(error)
        return True


_probe = _Probe()


def is_busy(error: BaseException) -> bool:
    """Return whether a database error only means that all connections of this process were in use for too long."""
    return isinstance(error.__cause__, PoolTimeout)


def is_alive(connection: Connection[Any]) -> bool:
    """Return whether the connection can be used; asks the server only if it was idle for ten seconds."""
    now = time.monotonic()
    idle_s = now - _last_seen.get(connection, 0.0)
    _last_seen[connection] = now
    try:
        return (idle_s < _ASK_AFTER_S and _is_quiet(connection)) or _answers(connection)
    except OperationalError:
        return False


def _is_quiet(connection: Connection[Any]) -> bool:
    """Return whether nothing waits on the socket; a server that closes a connection sends a message or an end."""
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    return not poll.poll(0)


def _answers(connection: Connection[Any]) -> bool:
    connection.execute("")  # pooled connections are in autocommit mode, so this begins no transaction
    return True
