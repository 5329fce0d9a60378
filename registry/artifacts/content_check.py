"""Accepts only formats that cannot run code when loaded, judged by content and never by name.

Accepted: safetensors, ONNX, SavedModel, NumPy arrays without objects, sentencepiece, JSON, text; and ZIP, tar and gzip
of these, which are unpacked within bounds. Everything else is refused, pickles in any wrapping first.
"""

from __future__ import annotations

import gzip
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, BinaryIO, cast

from registry.artifacts import file_formats
from registry.errors import FormatRefused, PickleRefused
from youman.core.errors import ArchiveRefused
from youman.core.security.archives import Bounds, check_tar, check_zip

_MIB = 1024 * 1024
_ARCHIVES = Bounds(entries=5_000, total=64 * 1024 * _MIB, entry=32 * 1024 * _MIB, ratio=1_000)
_INNER = 512 * _MIB  # bytes up to which an archive within an archive is unpacked to disk
_DEPTH = 3
_ACCEPTED = "safetensors, ONNX, SavedModel, JSON, text and tokenizer files, or a ZIP or tar of these"


def inspect(file: BinaryIO, name: str, depth: int = 0) -> str:
    """Return the format's name. `file` must be seekable; its position does not matter.

    Raises PickleRefused, FormatRefused, ArchiveRefused.
    """
    if depth > _DEPTH:
        raise ArchiveRefused(f"The archive is nested more than {_DEPTH} levels deep; upload its files unpacked")
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(file_formats.HEAD)
    _refuse_pickle(head, name)
    found = _archive(file, head, name, depth) or _plain(file, head, size, name)
    if found:
        return found
    raise FormatRefused(f"{name} has a format that is not accepted; upload {_ACCEPTED}")


def _refuse_pickle(head: bytes, name: str) -> None:
    if file_formats.holds_pickle(head) or file_formats.holds_objects(head):
        raise PickleRefused(f"{name} holds a pickle; save it as safetensors or ONNX")
    if head[:1] == b"\x78" and _unzlibbed(head):  # as joblib compresses
        raise PickleRefused(f"{name} holds a compressed pickle; save it as safetensors or ONNX")


def _unzlibbed(head: bytes) -> bool:
    try:
        return file_formats.holds_pickle(zlib.decompressobj().decompress(head, file_formats.HEAD))
    except zlib.error:
        return False


def _plain(file: BinaryIO, head: bytes, size: int, name: str) -> str:
    problem = file_formats.safetensors_problem(head, file, size)
    if problem is None:
        return "safetensors"
    if problem:
        raise FormatRefused(f"{name} is damaged: {problem}")
    if file_formats.is_npy(head):
        return "npy"
    kind = file_formats.text_kind(head, whole=size <= len(head))
    if kind and _is_text(file):
        return kind
    return file_formats.protobuf_kind(file, size)


def _is_text(file: BinaryIO) -> bool:
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while data := file.read(_MIB):
            if file_formats.CONTROL.search(data):
                return False
            decoder.decode(data)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _archive(file: BinaryIO, head: bytes, name: str, depth: int) -> str:
    if head.startswith(b"\x1f\x8b"):
        return _gzip(file, name, depth)
    if head[257:262] == b"ustar":
        return _tar(file, name, depth)
    if head.startswith(file_formats.ARCHIVES):
        return _zip(file, name, depth)
    file.seek(0)
    if zipfile.is_zipfile(file):
        raise FormatRefused(f"{name} hides a ZIP archive behind other bytes; upload the archive itself")
    return ""


def _zip(file: BinaryIO, name: str, depth: int) -> str:
    archive = check_zip(file, _ARCHIVES)
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    package = _Package({entry.filename for entry in entries})
    for entry in entries:
        try:
            with archive.open(entry) as stream:
                package.look(cast(BinaryIO, stream), entry.filename, entry.file_size, depth)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, zlib.error, OSError) as error:
            raise ArchiveRefused(f"{entry.filename[:100]} cannot be unpacked: damaged or encrypted") from error
    return package.format("zip")


def _tar(file: BinaryIO, name: str, depth: int) -> str:
    members = check_tar(file, _ARCHIVES)
    file.seek(0)
    package = _Package({member.name for member in members})
    with tarfile.open(fileobj=file, mode="r:") as archive:
        for member in members:
            stream = archive.extractfile(member.name) if member.isfile() else None
            if stream is not None:
                package.look(cast(BinaryIO, stream), member.name, member.size, depth)
    return package.format("tar")


def _gzip(file: BinaryIO, name: str, depth: int) -> str:
    file.seek(0)
    with tempfile.TemporaryFile() as inner, gzip.GzipFile(fileobj=file, mode="rb") as stream:
        try:
            _copy(cast(BinaryIO, stream), inner, name)
        except (OSError, EOFError, zlib.error) as error:
            raise ArchiveRefused(f"{name} cannot be unpacked: it is damaged") from error
        return f"{inspect(cast(BinaryIO, inner), name.removesuffix('.gz'), depth + 1)}.gz"


def _copy(source: BinaryIO, target: IO[bytes], name: str, most: int = _INNER) -> None:
    taken = 0
    for data in _chunks(source):
        taken += len(data)
        if taken > most:
            raise ArchiveRefused(f"{name[:100]} unpacks to more than {most // _MIB} MiB; upload it unpacked")
        target.write(data)


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    while data := source.read(_MIB):
        yield data


class _Package:
    """Determines what an archive is from its entries. Raw variables are accepted only next to a saved_model.pb."""

    def __init__(self, names: set[str]) -> None:
        self._saved_model = any(name.rpartition("/")[2] == "saved_model.pb" for name in names)
        self._inner: set[str] = set()

    def look(self, stream: BinaryIO, name: str, size: int, depth: int) -> None:
        base = name.rpartition("/")[2]
        if self._saved_model and ("variables.data-" in base or base == "variables.index" or base == "fingerprint.pb"):
            head = stream.read(file_formats.HEAD)
            _refuse_pickle(head, name)
            _within(stream, size - len(head), name)
            return
        with tempfile.SpooledTemporaryFile(max_size=8 * _MIB) as inner:
            _copy(stream, inner, name, most=max(_INNER, size))
            if not size:
                return
            self._inner.add(inspect(cast(BinaryIO, inner), name, depth + 1))

    def format(self, wrapping: str) -> str:
        if self._saved_model:
            return f"savedmodel.{wrapping}"
        return f"npz.{wrapping}" if self._inner == {"npy"} else wrapping


def _within(stream: BinaryIO, rest: int, name: str) -> None:
    """Read the rest of an entry, because the size that it declares cannot be trusted."""
    for data in _chunks(stream):
        rest -= len(data)
        if rest < 0:
            raise ArchiveRefused(f"{name[:100]} unpacks to more than it declares")
