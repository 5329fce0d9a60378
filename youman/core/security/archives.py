"""The bounded reader of ZIP and tar files: names, links, counts and sizes are checked before a byte is unpacked."""

from __future__ import annotations

import stat
import tarfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from youman.core.errors import ArchiveRefused

_MIB = 1024 * 1024
_DIRECTORY, _ENTRY = 65_536, 1024  # bytes of a ZIP's directory: so many, and so many for each entry


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an archive may hold; sizes in bytes, `ratio` is unpacked over packed size."""

    entries: int = 2_000
    total: int = 256 * _MIB
    entry: int = 128 * _MIB
    ratio: int = 200


def check_zip(file: BinaryIO, bounds: Bounds = Bounds()) -> zipfile.ZipFile:
    """Check a ZIP archive against the bounds before anything is unpacked. Raises ArchiveRefused."""
    bounded = _BoundedReader(file, _DIRECTORY + bounds.entries * _ENTRY)
    try:
        archive = zipfile.ZipFile(cast(BinaryIO, bounded))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ArchiveRefused("The file is not a ZIP archive, or it is damaged") from error
    archive.fp = file
    entries = archive.infolist()
    if len(entries) > bounds.entries:
        raise ArchiveRefused(f"The archive holds {len(entries)} entries; at most {bounds.entries} are read")
    for entry in entries:
        _check_entry(entry, bounds)
    _check_apart(entries)
    if sum(entry.file_size for entry in entries) > bounds.total:
        raise ArchiveRefused(f"The archive unpacks to more than {bounds.total // _MIB} MiB")
    return archive


class _BoundedReader:
    """A file for the opening of a ZIP, which reads its directory at once, as large as the archive says it is."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self.seek, self.tell = file.seek, file.tell
        self._file, self._most = file, most

    def read(self, size: int = -1) -> bytes:
        if size > self._most:
            raise ArchiveRefused("The archive's directory is too large; pack fewer files")
        return self._file.read(size)


def read_entry(archive: zipfile.ZipFile, name: str, bounds: Bounds = Bounds()) -> bytes:
    """Return the bytes of an entry. The declared size is not trusted: reading stops at the bound.

    Raises ArchiveRefused.
    """
    try:
        with archive.open(name) as stream:
            data = stream.read(bounds.entry + 1)
    except KeyError as error:
        raise ArchiveRefused(f"The archive lacks {name}") from error
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise ArchiveRefused(f"{name} cannot be unpacked: damaged or encrypted") from error
    if len(data) > bounds.entry:
        raise ArchiveRefused(f"{name} unpacks to more than {bounds.entry // _MIB} MiB")
    return data


def check_tar(file: BinaryIO, bounds: Bounds = Bounds()) -> list[tarfile.TarInfo]:
    """Return the members of a plain tar archive, all within bounds. Raises ArchiveRefused."""
    members: list[tarfile.TarInfo] = []
    total = 0
    try:
        file.seek(0)
        with tarfile.open(fileobj=file, mode="r:") as archive:
            for member in archive:
                _check_member(member, bounds)
                members.append(member)
                total += member.size
                if len(members) > bounds.entries:
                    raise ArchiveRefused(f"The archive holds more than {bounds.entries} entries")
                if total > bounds.total:
                    raise ArchiveRefused(f"The archive unpacks to more than {bounds.total // _MIB} MiB")
    except (tarfile.TarError, ValueError, OSError, EOFError) as error:
        raise ArchiveRefused("The file is not a tar archive, or it is damaged") from error
    _check_unique(member.name for member in members)
    return members


def _check_member(member: tarfile.TarInfo, bounds: Bounds) -> None:
    _check_path(member.name)
    if not (member.isfile() or member.isdir()) or member.issparse():
        raise ArchiveRefused("The archive holds a link or a device")
    if member.size > bounds.entry:
        raise ArchiveRefused("An entry of the archive unpacks to too much")


def _check_path(name: str) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in name or "\x00" in name:
        raise ArchiveRefused("The archive names a path outside itself")


def _check_unique(names: Iterable[str]) -> None:
    """Two entries of one name: what was checked would not be what is unpacked."""
    seen = [str(PurePosixPath(name.replace("\\", "/"))).lower() for name in names]
    if len(seen) != len(set(seen)):
        raise ArchiveRefused("The archive names an entry twice")


def _check_apart(entries: list[zipfile.ZipInfo]) -> None:
    """Entries that share bytes are how small archives unpack to terabytes."""
    _check_unique(entry.filename for entry in entries)
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            raise ArchiveRefused("The entries of the archive overlap")
        end = entry.header_offset + 30 + entry.compress_size


def _check_entry(entry: zipfile.ZipInfo, bounds: Bounds) -> None:
    _check_path(entry.filename)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ArchiveRefused("The archive holds a link")
    if entry.file_size > bounds.entry or entry.file_size > bounds.ratio * max(entry.compress_size, 1024):
        raise ArchiveRefused("An entry of the archive unpacks to too much")
