"""The bounded reader of ZIP files: names, links, counts and sizes are checked before a byte is unpacked."""

from __future__ import annotations

import stat
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from youman.core.errors import ArchiveRefused

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an archive may hold; sizes in bytes, `ratio` is unpacked over packed size."""

    entries: int = 2_000
    total: int = 256 * _MIB
    entry: int = 128 * _MIB
    ratio: int = 200


def check_zip(file: BinaryIO, bounds: Bounds = Bounds()) -> zipfile.ZipFile:
    """Open a ZIP whose every entry is within bounds, or raise ArchiveRefused naming what is wrong."""
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ArchiveRefused("The file is not a ZIP archive, or it is damaged") from error
    entries = archive.infolist()
    if len(entries) > bounds.entries:
        raise ArchiveRefused(f"The archive holds {len(entries)} entries; at most {bounds.entries} are read")
    for entry in entries:
        _check_entry(entry, bounds)
    if sum(entry.file_size for entry in entries) > bounds.total:
        raise ArchiveRefused(f"The archive unpacks to more than {bounds.total // _MIB} MiB")
    return archive


def read_entry(archive: zipfile.ZipFile, name: str, bounds: Bounds = Bounds()) -> bytes:
    """The entry's bytes; the declared size is not believed, reading stops at the bound."""
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


def _check_entry(entry: zipfile.ZipInfo, bounds: Bounds) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in entry.filename or "\x00" in entry.filename:
        raise ArchiveRefused("The archive names a path outside itself")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ArchiveRefused("The archive holds a link")
    if entry.file_size > bounds.entry or entry.file_size > bounds.ratio * max(entry.compress_size, 1024):
        raise ArchiveRefused("An entry of the archive unpacks to too much")
