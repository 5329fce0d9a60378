"""Checks before anything starts. Each refusal says in one sentence what is wrong and how to fix it."""

from __future__ import annotations

import errno
import fcntl
import shutil
import socket
from typing import IO

from youman import env
from youman.embedded import EmbeddedModeError, make_folders

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


def free_port(host: str) -> int:
    """Return the port in PORT (default 8000) after checking that it is free at this address.

    Raises EmbeddedModeError, and EnvError for an invalid port.
    """
    port = env.port("PORT", 8000)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise EmbeddedModeError(f"HOST={host} cannot be resolved: {error.strerror}; use 127.0.0.1") from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise EmbeddedModeError(_why_not(error, host, port)) from error
    return port


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is used by another program; use another: make run PORT={port % 60000 + 1}"
    if error.errno == errno.EACCES:
        return f"port {port} needs the rights of root; use another: make run PORT=8000"
    return f"HOST={host} is not an address of this machine: {error.strerror}; use 127.0.0.1, 0.0.0.0 or ::1"
