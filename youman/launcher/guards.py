"""What must hold before anything starts; each refusal is one plain sentence with its fix."""

from __future__ import annotations

import fcntl
import shutil
import socket
from typing import IO

from youman import env
from youman.embedded import EmbeddedModeError, make_folders

HOST = "127.0.0.1"
_LEAST_FREE = 64 * 1024 * 1024


def hold_folder() -> IO[str]:
    """Take var/ for this launcher; keep the file open as long as it runs. Raises NotUsable."""
    make_folders()
    if shutil.disk_usage(env.var_dir()).free < _LEAST_FREE:
        raise EmbeddedModeError(
            f"the disk of {env.var_dir()} is full; free at least 64 MiB, or set YOUMAN_VAR to another disk"
        )
    lock = (env.var_dir() / "run" / "launcher.lock").open("w")
    try:  # of the kernel, so that it is free again however the launcher dies
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise EmbeddedModeError(
            f"Youman already runs on {env.var_dir()}; stop it, or set YOUMAN_VAR to another folder"
        ) from error
    return lock


def free_port() -> int:
    """The port of PORT, 8000 by default, checked to be free. Raises NotUsable."""
    port = env.integer("PORT", 8000, minimum=1)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            detail = "is taken by another program" if isinstance(error, OSError) else "is no port"
            raise EmbeddedModeError(f"port {port} {detail}; use another: make run PORT={port % 60000 + 1}") from error
    return port
