"""What a place for bytes offers. Keys are ours (`<version>/<artifact>`), never a name that somebody typed.

Another place is one class with this protocol; `STORAGES["artifacts"]` of the settings names it as `BACKEND`, and the
class is made with its `OPTIONS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, Protocol


class StoreWriter(Protocol):
    """One object on its way in: nothing is there until `commit`, nothing stays after `abort`."""

    def write(self, data: bytes) -> None: ...

    def commit(self) -> None: ...

    def abort(self) -> None: ...


class Store(Protocol):
    """Raises StoreUnavailable and StorageFull, and NotFound from `open` when the object is not there."""

    def create(self, key: str) -> StoreWriter: ...

    def open(self, key: str) -> BinaryIO:
        """Seekable."""
        ...

    def size(self, key: str) -> int | None:
        """Bytes, or None when it is not there."""
        ...

    def delete(self, key: str) -> None:
        """Idempotent."""
        ...

    def link(self, key: str, *, name: str, seconds: int) -> str | None:
        """A short-lived address that needs no key of ours, where the place can make one."""
        ...

    def keys(self, prefix: str = "") -> Iterator[str]: ...

    def tidy(self, before: datetime) -> int:
        """Remove what writers that died left half done before that moment; returns how many."""
        ...
