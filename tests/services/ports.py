"""Ports on 127.0.0.1 for private servers: one that is free, and the wait until its server answers."""

from __future__ import annotations

import random
import socket
import subprocess
from pathlib import Path

from tests.waiting import HANG_S, wait_until

# Below the ports that Linux lends to outgoing connections: such a loan could take the port before its server starts.
_FIRST, _LAST = 10_000, 32_000
_chance = random.SystemRandom()  # not the seeded one, which gives every process of a run the same ports


def free_port() -> int:
    """A port on which nobody listens."""
    while True:
        port = _chance.randrange(_FIRST, _LAST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def wait_for(port: int, child: subprocess.Popen[bytes], log: Path | None = None) -> None:
    """Until somebody listens. Raises AssertionError with the end of the log when the child ends first."""

    def ended() -> str | None:
        if child.poll() is None:
            return None
        return f"the server did not start: {log.read_text()[-3000:] if log else child.args!r}"

    wait_until(lambda: _listens(port), given_up=ended)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=HANG_S).close()
    except OSError:
        return False
    return True
