"""A worker that kills itself at a chosen step of an upload: `celery -A tests.workers.killed_at_step worker`, DIE_AT=n.

A step is a statement to the database, a commit, or a call to the store. Before the n-th one of an upload the whole
worker dies as by a power cut. STEPS=file: every step is written there, so that a test knows how many there are.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import django

from youman.celery import app as app

django.setup()

from django.db import connection, connections  # noqa: E402  # after the set-up
from django.db.backends.base.base import BaseDatabaseWrapper  # noqa: E402

from registry.artifacts import multipart, storage  # noqa: E402
from registry.stores.base import Store, StoreWriter  # noqa: E402

_DIE_AT = int(os.environ.get("DIE_AT", "0"))
_STEPS = os.environ.get("STEPS", "")
_step = 0


def step(name: str) -> None:
    global _step
    _step += 1
    if _STEPS:
        with Path(_STEPS).open("a") as file:
            file.write(f"{name}\n")
    if _step == _DIE_AT:
        os.killpg(0, signal.SIGKILL)


class Stepped:
    """A writing whose every call is a step."""

    def __init__(self, inner: StoreWriter) -> None:
        self._inner = inner

    def write(self, data: bytes) -> None:
        step("write")
        self._inner.write(data)

    def commit(self) -> None:
        step("store")
        self._inner.commit()

    def abort(self) -> None:
        step("abort")
        self._inner.abort()


class SteppedStore:
    def __init__(self, inner: Store) -> None:
        self._inner = inner

    def create(self, key: str) -> Stepped:
        step("create")
        return Stepped(self._inner.create(key))

    def open(self, key: str) -> BinaryIO:
        step("open")
        return self._inner.open(key)

    def delete(self, key: str) -> None:
        step("delete")
        self._inner.delete(key)

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


def statement(execute: Callable[..., object], sql: str, *rest: object) -> object:
    step(sql.partition(" ")[0])
    return execute(sql, *rest)


def assemble(upload_id: UUID) -> None:
    global _step
    _step = 0
    with connection.execute_wrapper(statement):
        _assemble(upload_id)


_Backend = type(connections["default"])


def commit(self: BaseDatabaseWrapper) -> None:
    step("COMMIT")
    _commit(self)


_assemble, _store, _commit = multipart.assemble, storage.store, _Backend.commit
multipart.assemble = assemble
multipart._BEAT_S = 1e9  # a heartbeat in between would be a step that comes by the clock
storage.store = lambda: SteppedStore(_store())  # type: ignore[assignment,return-value]
_Backend.commit = commit  # type: ignore[method-assign]
