"""Checks before anything starts. Each refusal says in one sentence what is wrong and how to fix it."""

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
    """Lock var/ for this launcher; the lock lasts as long as the returned file is open. Raises EmbeddedModeError."""
    make_folders()
    if shutil.disk_usage(env.var_dir()).free < _LEAST_FREE:
        raise EmbeddedModeError(
            f"the disk of {env.var_dir()} is full; free at least 64 MiB or set YOUMAN_VAR to a folder on another disk"
        )
    lock = (env.var_dir() / "run" / "launcher.lock").open("w")
    try:  # the kernel releases this lock however the launcher ends
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise EmbeddedModeError(
            f"Youman already runs on {env.var_dir()}; stop it or set YOUMAN_VAR to another folder"
        ) from error
    return lock


def free_port() -> int:
    """Return the port in PORT (default 8000) after checking that it is free. Raises EmbeddedModeError."""
    port = env.integer("PORT", 8000, minimum=1)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            detail = "is used by another program" if isinstance(error, OSError) else "is not a valid port"
            raise EmbeddedModeError(f"port {port} {detail}; use another: make run PORT={port % 60000 + 1}") from error
    return port
