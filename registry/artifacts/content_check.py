"""Accepts only formats that cannot run code when loaded, judged by content and never by name.

Accepted is what parses to its last byte as safetensors, ONNX, SavedModel, a NumPy array of numbers, sentencepiece,
JSON or text; and ZIP, tar and gzip of these, which are unpacked within bounds. Everything else is refused: pickles in
any wrapping, and files that another reader would take for something else.
"""

from __future__ import annotations

import gzip
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from io import BufferedReader, BytesIO, RawIOBase
from typing import IO, BinaryIO, cast

from registry.artifacts import file_formats
from registry.artifacts.pickle_scan import holds_pickle
from registry.artifacts.protobuf_scan import ProtobufRefused, protobuf_kind
from registry.errors import FormatRefused, PickleRefused
from youman.core.errors import ArchiveRefused
from youman.core.security.archives import UNPACKING_ERRORS, Bounds, check_tar, check_zip

_MIB = 1024 * 1024
_ARCHIVES = Bounds(entries=5_000, total=64 * 1024 * _MIB, entry=32 * 1024 * _MIB, ratio=1_000)
_INNER = 512 * _MIB  # bytes up to which an archive within an archive is unpacked to disk
_WORK, _WORK_RATIO = (
    1024 * _MIB,
    20,
)  # bytes that may be unpacked in all: a base, and an amount for each byte of the file
_DEPTH = 3
_DESCRIPTORS = frozenset({0, 12, 16, 20, 24})  # what may stand behind an entry of a ZIP that was written as a stream
_LOCAL_HEADER = 30
_ZIP_END = 22
_BLOCK = 512
_ACCEPTED = "safetensors, ONNX, SavedModel, JSON, text and tokenizer files, or a ZIP or tar of these"


class _Work:
    """Counts the bytes that are unpacked, over all levels of archives in archives."""

    def __init__(self, size: int) -> None:
        self._left = _WORK + _WORK_RATIO * size

    def spend(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise ArchiveRefused("The archive unpacks to far more than its size; upload its files unpacked")


def inspect(file: BinaryIO, name: str) -> str:
    """Return the format's name. `file` must be seekable; its position does not matter.

    Raises PickleRefused, FormatRefused, ArchiveRefused.
    """
    return _inspect(file, name, 0, _Work(file.seek(0, 2)))


def _inspect(file: BinaryIO, name: str, depth: int, work: _Work) -> str:
    if depth > _DEPTH:
        raise ArchiveRefused(f"The archive is nested more than {_DEPTH} levels deep; upload its files unpacked")
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(file_formats.HEAD)
    found = _archive(file, head, name, depth, work) or _plain(file, head, size, name)
    if not found:
        raise FormatRefused(f"{name} has a format that is not accepted; upload {_ACCEPTED}")
    hidden = file_formats.disguise(file, size, known_as=found.rpartition(".")[2])
    if hidden:
        raise FormatRefused(f"{name} is {found} and hides {hidden}; upload only one of them")
    return found


def _plain(file: BinaryIO, head: bytes, size: int, name: str) -> str:
    problem = file_formats.safetensors_problem(file, size)
    if problem is None:
        return "safetensors"
    if problem:
        raise FormatRefused(f"{name} is damaged: {problem}")
    _refuse_pickle(file, head, name)
    problem = file_formats.npy_problem(file, size)
    if problem is None:
        return "npy"
    if problem:
        raise FormatRefused(f"{name} is damaged: {problem}")
    try:
        return file_formats.text_kind(file, size) or protobuf_kind(file, size)
    except ProtobufRefused as error:
        raise FormatRefused(f"{name} is refused: {error}") from error


def _refuse_pickle(file: BinaryIO, head: bytes, name: str) -> None:
    if holds_pickle(file) or file_formats.holds_objects(file):
        raise PickleRefused(f"{name} holds a pickle; save it as safetensors or ONNX")
    if head[:1] != b"\x78":  # as joblib compresses
        return
    unpacking = zlib.decompressobj()
    try:
        inner = unpacking.decompress(head, file_formats.HEAD)
    except zlib.error:
        return
    if holds_pickle(BytesIO(inner)):
        raise PickleRefused(f"{name} holds a compressed pickle; save it as safetensors or ONNX")
    if unpacking.eof or len(inner) == file_formats.HEAD:
        raise FormatRefused(f"{name} is compressed by zlib; upload it unpacked, or as .gz")


def _archive(file: BinaryIO, head: bytes, name: str, depth: int, work: _Work) -> str:
    if head.startswith(b"\x1f\x8b"):
        return _gzip(file, name, depth, work)
    if head[257:262] == b"ustar":
        return _tar(file, name, depth, work)
    return _zip(file, name, depth, work) if head.startswith(file_formats.ARCHIVES) else ""


def _zip(file: BinaryIO, name: str, depth: int, work: _Work) -> str:
    archive = check_zip(file, _ARCHIVES)
    _check_layout(file, archive)
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    package = _Package({entry.filename for entry in entries}, depth, work)
    for entry in entries:
        try:
            with archive.open(entry) as stream:
                package.look(cast(BinaryIO, stream), entry.filename, entry.file_size)
        except UNPACKING_ERRORS as error:
            raise ArchiveRefused(f"{entry.filename[:100]} cannot be unpacked: damaged or encrypted") from error
    return package.format("zip")


def _check_layout(file: BinaryIO, archive: zipfile.ZipFile) -> None:
    """Refuse bytes before, between and behind what the directory names: another reader might begin there."""
    size = file.seek(0, 2)
    at = 0
    for entry in sorted(archive.infolist(), key=lambda one: one.header_offset):
        file.seek(entry.header_offset)
        header = file.read(_LOCAL_HEADER)
        gap = entry.header_offset - at
        if gap not in _DESCRIPTORS or len(header) < _LOCAL_HEADER:
            raise ArchiveRefused("The archive holds bytes that belong to no entry; pack it again")
        lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        at = entry.header_offset + _LOCAL_HEADER + lengths + entry.compress_size
    ends = file_formats.zip_ends(file, size)
    if archive.start_dir - at not in _DESCRIPTORS or (ends and ends[-1] + _ZIP_END + len(archive.comment) != size):
        raise ArchiveRefused("The archive holds bytes that belong to no entry; pack it again")


def _tar(file: BinaryIO, name: str, depth: int, work: _Work) -> str:
    members = check_tar(file, _ARCHIVES)
    package = _Package({member.name for member in members}, depth, work)
    zips: list[range] = []
    end = 0
    for member in members:
        end = member.offset_data + (-(-member.size // _BLOCK) * _BLOCK if member.isfile() else 0)
        _check_zeros(file, member.offset_data + member.size, end, name)
        if member.isfile():
            kind = package.look(_extract(file, member), member.name, member.size)
            if kind.endswith("zip"):
                zips.append(range(member.offset_data, member.offset_data + member.size))
    size = file.seek(0, 2)
    _check_zeros(file, end, size, name)
    if any(not any(place in inner for inner in zips) for place in file_formats.zip_ends(file, size)):
        raise FormatRefused(f"{name} is a tar archive and hides a ZIP archive; upload only one of them")
    return package.format("tar")


def _extract(file: BinaryIO, member: tarfile.TarInfo) -> BinaryIO:
    """A member's bytes, read where its header says that they are."""
    return cast(BinaryIO, BufferedReader(_Part(file, member.offset_data, member.size)))


class _Part(RawIOBase):
    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._at, self._end = file, start, start + size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # the base takes any buffer
        self._file.seek(self._at)
        data = self._file.read(min(len(buffer), self._end - self._at))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _check_zeros(file: BinaryIO, start: int, end: int, name: str) -> None:
    file.seek(start)
    while start < end and (data := file.read(min(_MIB, end - start))):
        if data.strip(b"\x00"):
            raise ArchiveRefused(f"{name[:100]} goes on behind its tar archive; upload the archive alone")
        start += len(data)


def _gzip(file: BinaryIO, name: str, depth: int, work: _Work) -> str:
    file.seek(0)
    with tempfile.TemporaryFile() as inner, gzip.GzipFile(fileobj=file, mode="rb") as stream:
        try:
            _copy(cast(BinaryIO, stream), inner, name, work)
        except (OSError, EOFError, zlib.error) as error:
            raise ArchiveRefused(f"{name} cannot be unpacked: it is damaged") from error
        return f"{_inspect(cast(BinaryIO, inner), name.removesuffix('.gz'), depth + 1, work)}.gz"


def _copy(source: BinaryIO, target: IO[bytes], name: str, work: _Work, most: int = _INNER) -> None:
    taken = 0
    for data in _chunks(source):
        taken += len(data)
        work.spend(len(data))
        if taken > most:
            raise ArchiveRefused(f"{name[:100]} unpacks to more than {most // _MIB} MiB; upload it unpacked")
        target.write(data)


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    while data := source.read(_MIB):
        yield data


class _Package:
    """Determines what an archive is from its entries. Raw variables are accepted only next to a saved_model.pb."""

    def __init__(self, names: set[str], depth: int, work: _Work) -> None:
        self._saved_model = any(name.rpartition("/")[2] == "saved_model.pb" for name in names)
        self._depth, self._work = depth, work
        self._inner: set[str] = set()

    def look(self, stream: BinaryIO, name: str, size: int) -> str:
        """Inspect an entry and return its format, "" for an empty one and for variables."""
        with tempfile.SpooledTemporaryFile(max_size=8 * _MIB) as copy:
            _copy(stream, copy, name, self._work, most=max(_INNER, size))
            inner = cast(BinaryIO, copy)
            if self._saved_model and _is_variables(name):
                self._check_variables(inner, name)
                return ""
            if not inner.seek(0, 2):
                return ""
            kind = _inspect(inner, name, self._depth + 1, self._work)
            self._inner.add(kind)
            return kind

    def _check_variables(self, file: BinaryIO, name: str) -> None:
        """Variables may have any bytes that no other reader takes for something else."""
        size = file.seek(0, 2)
        file.seek(0)
        head = file.read(file_formats.HEAD)
        _refuse_pickle(file, head, name)
        hidden = file_formats.disguise(file, size)
        if hidden or head.startswith(file_formats.ARCHIVES):
            raise FormatRefused(f"{name} hides {hidden or 'an archive'} among a SavedModel's variables")

    def format(self, wrapping: str) -> str:
        if self._saved_model:
            return f"savedmodel.{wrapping}"
        return f"npz.{wrapping}" if self._inner == {"npy"} else wrapping


def _is_variables(name: str) -> bool:
    base = name.rpartition("/")[2]
    return "variables.data-" in base or base in {"variables.index", "fingerprint.pb"}
