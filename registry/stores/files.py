"""Artifacts in a folder: written to a temporary file, fsynced and renamed, so that a visible file is complete."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from registry.errors import StorageFull, StoreUnavailable
from youman.core.database.ids import new_id
from youman.core.errors import NotFound

_HALF_DONE = ".incoming"
_FLOW = 8 * 1024 * 1024


class FileStore:
    """Stores objects as files in the folder `location`, which is created on first use."""

    def __init__(self, location: str | Path) -> None:
        self._root = Path(location)

    def create(self, key: str) -> FileWriter:
        return FileWriter(self._root / _HALF_DONE / str(new_id()), self._path(key))

    def open(self, key: str) -> BinaryIO:
        """Open the bytes for reading. Raises NotFound, StorageFull or StoreUnavailable."""
        try:
            return self._path(key).open("rb")
        except FileNotFoundError as error:
            raise NotFound("The artifact's file is missing") from error
        except OSError as error:
            raise _known(error) from error

    def size(self, key: str) -> int | None:
        """Return the size in bytes, or None when nothing is stored. Raises StoreUnavailable."""
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _known(error) from error

    def modified_at(self, key: str) -> datetime | None:
        """Return when the file was last written, or None when nothing is stored. Raises StoreUnavailable."""
        try:
            return datetime.fromtimestamp(self._path(key).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _known(error) from error

    def delete(self, key: str) -> None:
        """Delete the bytes; idempotent. Raises StoreUnavailable."""
        path = self._path(key)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _known(error) from error
        with suppress(OSError):  # the folder holds another artifact, or has just received one
            path.parent.rmdir()

    def link(self, key: str, *, name: str, seconds: int) -> str | None:
        return None

    def keys(self, prefix: str = "") -> Iterator[str]:
        folder = self._root / prefix.rpartition("/")[0]
        for path in sorted(folder.rglob("*")):
            key = path.relative_to(self._root).as_posix()
            if path.is_file() and not key.startswith(_HALF_DONE) and key.startswith(prefix):
                yield key

    def tidy(self, before: datetime, is_ours: Callable[[str], bool]) -> int:
        # The folder for unfinished files is the store's own, and the names in it are not keys.
        removed = 0
        for path in (self._root / _HALF_DONE).glob("*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    removed += 1
        return removed

    def _path(self, key: str) -> Path:
        path = self._root / key
        if ".." in path.parts or not path.is_relative_to(self._root):
            raise NotFound("There is no such object")
        return path


class FileWriter:
    def __init__(self, half_done: Path, final: Path) -> None:
        self._half_done, self._final = half_done, final
        self._written = self._flowing = 0
        try:
            half_done.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = half_done.open("xb", buffering=0)
        except OSError as error:
            raise _known(error) from error

    def write(self, data: bytes) -> None:
        """Append bytes. Raises StorageFull or StoreUnavailable."""
        view = memoryview(data)
        try:
            while view:
                view = view[self._file.write(view) :]
            self._written += len(data)
            if self._written - self._flowing >= _FLOW:
                self._let_flow()
        except OSError as error:
            raise _known(error) from error

    def _let_flow(self) -> None:
        """Let the kernel start writing, so that the final fsync has little left to wait for."""
        if hasattr(os, "posix_fadvise"):
            start, length = self._flowing, self._written - self._flowing
            os.posix_fadvise(self._file.fileno(), start, length, os.POSIX_FADV_DONTNEED)
        self._flowing = self._written

    def commit(self) -> None:
        """Make the bytes durable and visible under their key. Raises StorageFull or StoreUnavailable."""
        try:
            os.fsync(self._file.fileno())
            self._file.close()
            self._rename()
            _sync_folder(self._final.parent)
        except OSError as error:
            raise _known(error) from error

    def _rename(self) -> None:
        for tries_left in (2, 1, 0):
            self._final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                os.replace(self._half_done, self._final)
            except FileNotFoundError:
                # A delete of the folder's last object may have removed the folder since the line above.
                if not tries_left:
                    raise
            else:
                return

    def abort(self) -> None:
        with suppress(OSError):
            self._file.close()
        self._half_done.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Fsync the folder, so that the rename itself survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _known(error: OSError) -> StorageFull | StoreUnavailable:
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return StorageFull("The artifact disk is full; free some space, or run `manage.py prune_artifacts`")
    return StoreUnavailable(f"The artifact folder cannot be used: {error.strerror}; check MODEL_ARTIFACTS_PATH")
