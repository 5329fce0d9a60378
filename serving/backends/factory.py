"""Builds a deployment's backend once per process and configuration: a client built before a fork breaks after it."""

from __future__ import annotations

import json
import os
import threading

from django.utils.module_loading import import_string

from serving.backends.base import RewriteBackend
from serving.backends.batch_protocol import BatchBackend
from serving.backends.runtime import ArtifactError
from serving.backends.target import Target
from serving.backends.vendors import descriptor_of
from serving.errors import UnknownDeployment

MAX_BACKENDS = 64


def rewrite_backend(target: Target) -> RewriteBackend:
    """Return the deployment's backend. Raises UnknownDeployment when there is no backend of its kind."""
    return _made(os.getpid(), _Keyed(target))


def forget(target: Target) -> None:
    """Close the deployment's backend in this process, so that the next call builds it again from its files."""
    with _lock:
        found = _kept.pop((os.getpid(), _Keyed(target)), None)
    if found is not None:
        _close(found)


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
_lock = threading.Lock()
# Otherwise two threads would build two clients, and the connections of one would stay open. One for each backend, so
# that a model that takes long to load, or a store that hangs, does not hold up the calls of the others.
_building: dict[tuple[int, _Keyed], threading.Lock] = {}
# What the code and the files of a backend may raise; a call must not end otherwise than with a BackendError.
_FAULTS = (ArithmeticError, AttributeError, ImportError, LookupError, MemoryError, OSError, RuntimeError, TypeError,
           ValueError)  # fmt: skip


def close_all() -> None:
    """Close all backends of this process; a later call builds them again."""
    while _kept:
        _close(_kept.popitem()[1])


def _made(pid: int, keyed: _Keyed) -> RewriteBackend:
    place = pid, keyed
    with _lock:
        found = _kept.get(place)
        building = _building.setdefault(place, threading.Lock()) if found is None else None
    if found is not None or building is None:
        assert found is not None
        return found
    with building:
        with _lock:
            found = _kept.get(place)
        return _add(place) if found is None else found


def _add(place: tuple[int, _Keyed]) -> RewriteBackend:
    try:
        made = _make(place[1].target)
        with _lock:
            while len(_kept) >= MAX_BACKENDS:
                _close(_kept.pop(next(iter(_kept))))
            _kept[place] = made
    finally:
        with _lock:
            _building.pop(place, None)
    return made


def _make(target: Target) -> RewriteBackend:
    descriptor = descriptor_of(target.backend)
    try:
        made: RewriteBackend = import_string(descriptor.calls)(target)
    except _FAULTS as error:
        raise ArtifactError(
            f"{descriptor.label} cannot be loaded for {target.name} ({type(error).__name__})"
        ) from error
    return made


def _close(backend: RewriteBackend) -> None:
    close = getattr(backend, "close", None)
    if close is not None:
        close()
