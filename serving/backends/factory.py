"""Builds a deployment's backend once per process and configuration: a client built before a fork breaks after it."""

from __future__ import annotations

import json
import os
import threading

from django.utils.module_loading import import_string

from serving.backends.base import RewriteBackend
from serving.backends.batch_protocol import BatchBackend
from serving.backends.target import Target
from serving.backends.vendors import descriptor_of
from serving.errors import UnknownDeployment

MAX_BACKENDS = 64


def rewrite_backend(target: Target) -> RewriteBackend:
    """Return the deployment's backend. Raises UnknownDeployment when there is no backend of its kind."""
    return _made(os.getpid(), _Keyed(target))


def batch_backend(target: Target) -> BatchBackend:
    """Return a new batch backend, to be closed after use: it is needed once a minute. Raises UnknownDeployment."""
    descriptor = descriptor_of(target.backend)
    if not descriptor.has_batches:
        raise UnknownDeployment(f"The backend {target.backend!r} of {target.name} does not support batches")
    made: BatchBackend = import_string(descriptor.batches)(target)
    return made


class _Keyed:
    """A target as a key of the cache: options are JSON, which cannot be hashed."""

    __slots__ = ("key", "target")

    def __init__(self, target: Target) -> None:
        self.target = target
        options = json.dumps(dict(target.options), sort_keys=True, default=str)
        self.key = (
            target.name,
            target.backend,
            target.model,
            target.base_url,
            target.key,
            target.capabilities,
            options,
            target.version,
        )

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and other.key == self.key


_kept: dict[tuple[int, _Keyed], RewriteBackend] = {}
_lock = threading.Lock()  # otherwise two threads would build two clients, and the connections of one would stay open


def close_all() -> None:
    """Close all backends of this process; a later call builds them again."""
    while _kept:
        _close(_kept.popitem()[1])


def _made(pid: int, keyed: _Keyed) -> RewriteBackend:
    with _lock:
        found = _kept.get((pid, keyed))
        if found is None:
            while len(_kept) >= MAX_BACKENDS:
                _close(_kept.pop(next(iter(_kept))))
            found = _kept[pid, keyed] = _make(keyed.target)
    return found


def _make(target: Target) -> RewriteBackend:
    made: RewriteBackend = import_string(descriptor_of(target.backend).calls)(target)
    return made


def _close(backend: RewriteBackend) -> None:
    close = getattr(backend, "close", None)
    if close is not None:
        close()
