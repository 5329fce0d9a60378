"""The interface of an artifact store. Keys are generated (`<version>/<artifact>`), never names that a user typed.

To add a store, write one class with this protocol; `STORAGES["artifacts"]` in the settings names it as `BACKEND` and
gives the arguments of its constructor as `OPTIONS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import BinaryIO, Protocol


class StoreWriter(Protocol):
    """An object that is being written: nothing is visible before `commit`, nothing remains after `abort`."""

    def write(self, data: bytes) -> None:
        """Append bytes."""

    def commit(self) -> None:
        """Make the object durable and visible under its key."""

    def abort(self) -> None:
        """Remove what was written. Raises StoreUnavailable; then `tidy` removes it later."""


class Store(Protocol):
    """Stores objects by key. Raises StoreUnavailable and StorageFull; `open` raises NotFound for a missing object."""

    def create(self, key: str) -> StoreWriter:
        """Start to write an object; a committed one replaces an object with the same key."""

    def open(self, key: str) -> BinaryIO:
        """Open an object for reading; the stream is seekable. Raises NotFound."""
        ...

    def size(self, key: str) -> int | None:
        """Return the object's size in bytes, or None when it is missing."""
        ...

    def modified_at(self, key: str) -> datetime | None:
        """Return when the object was last written, by the store's clock, or None when it is missing."""
        ...

    def delete(self, key: str) -> None:
        """Delete an object; idempotent."""
        ...

    def link(self, key: str, *, name: str, seconds: int) -> str | None:
        """Return a URL that works without credentials for `seconds`, or None where the store cannot make one."""
        ...

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Yield the keys that begin with `prefix`."""

    def tidy(self, before: datetime, is_ours: Callable[[str], bool]) -> int:
        """Remove what dead writers of our keys left unfinished before that moment; return how many objects."""
        ...
