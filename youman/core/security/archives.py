"""Reads ZIP and tar files safely: names, links, counts and sizes are checked before anything is unpacked."""

from __future__ import annotations

import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from lzma import LZMAError
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from youman.core.errors import ArchiveRefused

_MIB = 1024 * 1024
_TAR_HEADER = 256 * 1024  # bytes of a long name or of extended attributes
_PIECE = 64 * 1024
# What the standard library raises on entries that are damaged, encrypted or packed by a method that it lacks.
UNPACKING_ERRORS = (zipfile.BadZipFile, zlib.error, LZMAError, RuntimeError, NotImplementedError, EOFError, OSError)
_DIRECTORY, _ENTRY = 65_536, 1024  # the limit of a ZIP's directory, in bytes: a base, and an amount for each entry


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of an archive. `total` and `entry` are in bytes; `ratio` is unpacked size divided by packed size."""

    entries: int = 2_000
    total: int = 256 * _MIB
    entry: int = 128 * _MIB
    ratio: int = 200


def check_zip(file: BinaryIO, bounds: Bounds = Bounds()) -> zipfile.ZipFile:
    """Check a ZIP archive against the bounds and open it, without unpacking anything. Raises ArchiveRefused."""
    bounded = _BoundedReader(file, _DIRECTORY + bounds.entries * _ENTRY)
    try:
        archive = zipfile.ZipFile(cast(BinaryIO, bounded))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ArchiveRefused("The file is not a ZIP archive, or it is damaged") from error
    archive.fp = file
    entries = archive.infolist()
    if len(entries) > bounds.entries:
        raise ArchiveRefused(f"The archive has {len(entries)} entries; pack up to {bounds.entries}")
    for entry in entries:
        _check_entry(entry, bounds)
    _check_apart(entries)
    if sum(entry.file_size for entry in entries) > bounds.total:
        raise ArchiveRefused(f"The archive unpacks to more than {bounds.total // _MIB} MiB; pack less")
    return archive


class _BoundedReader:
    """Limits how much is read at once while an archive is opened, since it states the sizes of its headers itself."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self.seek, self.tell = file.seek, file.tell
        self._file, self._most = file, most

    def read(self, size: int = -1) -> bytes:
        if size > self._most:
            raise ArchiveRefused("The archive's directory is too large; pack fewer files")
        return self._file.read(size)


def read_entry(archive: zipfile.ZipFile, name: str, bounds: Bounds = Bounds()) -> bytes:
    """Return the bytes of an entry. Raises ArchiveRefused as `stream_entry` does."""
    return b"".join(stream_entry(archive, name, bounds))


def stream_entry(archive: zipfile.ZipFile, name: str, bounds: Bounds = Bounds()) -> Iterator[bytes]:
    """Yield an entry in pieces of up to 64 KiB. Reading stops at the bound, since the declared size may be false.

    Raises ArchiveRefused.
    """
    taken = 0
    try:
        with archive.open(name) as stream:
            while data := stream.read(_PIECE):
                taken += len(data)
                if taken > bounds.entry:
                    raise ArchiveRefused(f"{name} unpacks to more than {bounds.entry // _MIB} MiB")
                yield data
    except KeyError as error:
        raise ArchiveRefused(f"The archive lacks {name}") from error
    except UNPACKING_ERRORS as error:
        raise ArchiveRefused(f"{name} cannot be unpacked, because it is damaged or encrypted") from error


def check_tar(file: BinaryIO, bounds: Bounds = Bounds()) -> list[tarfile.TarInfo]:
    """Return the members of a plain tar archive, all within bounds. Raises ArchiveRefused."""
    members: list[tarfile.TarInfo] = []
    total = 0
    try:
        file.seek(0)
        headers = cast(BinaryIO, _BoundedReader(file, _TAR_HEADER))
        with tarfile.open(fileobj=headers, mode="r:") as archive:
            for member in archive:
                _check_member(member, bounds)
                members.append(member)
                total += member.size
                if len(members) > bounds.entries:
                    raise ArchiveRefused(f"The archive has more than {bounds.entries} entries; pack fewer files")
                if total > bounds.total:
                    raise ArchiveRefused(f"The archive unpacks to more than {bounds.total // _MIB} MiB")
    except (tarfile.TarError, ValueError, OSError, EOFError) as error:
        raise ArchiveRefused("The file is not a tar archive, or it is damaged") from error
    _check_unique(member.name for member in members)
    return members


def _check_member(member: tarfile.TarInfo, bounds: Bounds) -> None:
    _check_path(member.name)
    if not (member.isfile() or member.isdir()) or member.issparse():
        raise ArchiveRefused("The archive contains a link or a device; pack only files and folders")
    if member.size > bounds.entry:
        raise ArchiveRefused("An entry of the archive is too large when unpacked")


def _check_path(name: str) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if not name:
        raise ArchiveRefused("The archive contains an entry without a name; pack it again")
    if path.is_absolute() or ".." in path.parts or ":" in name or "\x00" in name:
        raise ArchiveRefused("The archive contains a path outside itself; pack it again with relative paths")


def _check_unique(names: Iterable[str]) -> None:
    """Refuse two entries of the same name, as the one that was checked might not be the one that is unpacked."""
    seen = [str(PurePosixPath(name.replace("\\", "/"))).lower() for name in names]
    if len(seen) != len(set(seen)):
        raise ArchiveRefused("The archive contains two entries of the same name")


def _check_apart(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse entries that share bytes, by which small archives can unpack to terabytes."""
    _check_unique(entry.filename for entry in entries)
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            raise ArchiveRefused("The entries of the archive overlap")
        end = entry.header_offset + 30 + entry.compress_size


def _check_entry(entry: zipfile.ZipInfo, bounds: Bounds) -> None:
    _check_path(entry.filename)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ArchiveRefused("The archive contains a link; pack only files and folders")
    if entry.file_size > bounds.entry or entry.file_size > bounds.ratio * max(entry.compress_size, 1024):
        raise ArchiveRefused("An entry of the archive is too large when unpacked")
