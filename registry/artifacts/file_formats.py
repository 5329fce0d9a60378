"""Recognition of file formats by their bytes. Nothing is loaded or executed, and the work is bounded by what is read.

A format is recognised only if the file parses as it to the last byte. `disguise` names what other readers would find in
the same bytes.
"""

from __future__ import annotations

import json
import re
import struct
import tarfile
from math import prod
from typing import BinaryIO

HEAD = 64 * 1024
ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b")
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # bytes that no text contains, and every protobuf does
_MIB = 1024 * 1024
_SAFETENSORS_HEADER = 8 * _MIB
_MOST_TENSORS = 100_000
_MOST_DIMENSIONS = 32
_LIMIT = 2**63
_BITS = {
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "BOOL": 8, "U8": 8, "I8": 8, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32,
    "C64": 64, "F64": 64, "I64": 64, "U64": 64,
}  # fmt: skip
_NPY = b"\x93NUMPY"
_NPY_HEADER = 10_000  # as numpy itself bounds it
_NUMBERS = r"[<>|=]?(?:\?|b1|[iu][1248]|f(?:2|4|8|16)|c(?:8|16|32)|[SU]\d{1,6}|[mM]8(?:\[\w{1,8}\])?)"
_NPY_FIELDS = re.compile(
    rb"\{'descr': '(" + _NUMBERS.encode() + rb")', 'fortran_order': (?:True|False), "
    rb"'shape': \(((?:\d{1,18}, ?)*(?:\d{1,18},?)?)\),? ?\}[ ]*\n"
)
_NPY_OBJECTS = re.compile(rb"'descr':[^}]{0,9000}?'[|<>=]?O")
_JSON = 8 * _MIB  # larger files are text; parsing one takes thirty times its size of memory
_ZIP_END, _ZIP_END_SIZE, _ZIP_TAIL = b"PK\x05\x06", 22, 65_535 + 22
_HDF5, _HDF5_FIRST = b"\x89HDF\r\n\x1a\n", 512
_TAR_BLOCK = 512


def safetensors_problem(file: BinaryIO, size: int) -> str | None:
    """Return None for a complete safetensors file, "" for another format, otherwise what is wrong with it."""
    file.seek(0)
    start = file.read(9)
    if len(start) < 9 or start[8:] != b"{":
        return ""
    length = struct.unpack("<Q", start[:8])[0]
    if length > size - 8:
        return ""
    if length > _SAFETENSORS_HEADER:
        return f"its header has {length:,} bytes; {_SAFETENSORS_HEADER:,} is the limit"
    file.seek(8)
    try:
        header = json.loads(file.read(length), object_pairs_hook=_unique, parse_constant=_refused_constant)
        end = _tensors_end(header)
    except (ValueError, RecursionError):
        return "its header is not valid"
    if end < 0:
        return "its tensors overlap or leave gaps"
    bytes_left = size - 8 - length
    return None if end == bytes_left else f"it has {bytes_left} bytes of tensors, its header announces {end}"


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _refused_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _tensors_end(header: object) -> int:
    """The end of the last tensor; -1 where they overlap or leave gaps. Raises ValueError for an invalid header."""
    if not isinstance(header, dict) or len(header) > _MOST_TENSORS:
        raise ValueError("not an object of tensors")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise ValueError("metadata other than text")
    at = 0
    for start, end in sorted(_extent(tensor) for tensor in header.values()):
        if start != at:
            return -1
        at = end
    return at


def _extent(tensor: object) -> tuple[int, int]:
    if not isinstance(tensor, dict) or set(tensor) != {"dtype", "shape", "data_offsets"}:
        raise ValueError("not a tensor")
    shape, offsets = _naturals(tensor["shape"], _MOST_DIMENSIONS), _naturals(tensor["data_offsets"], 2)
    bits = _BITS.get(tensor["dtype"]) if isinstance(tensor["dtype"], str) else None
    if bits is None or len(offsets) != 2 or (offsets[1] - offsets[0]) * 8 != prod(shape) * bits:
        raise ValueError("a tensor's size is not that of its shape")
    return offsets[0], offsets[1]


def _naturals(value: object, most: int) -> list[int]:
    if (
        not isinstance(value, list)
        or len(value) > most
        or not all(type(one) is int and 0 <= one < 2**63 for one in value)
    ):
        raise ValueError("not a list of natural numbers")
    return value


def npy_problem(file: BinaryIO, size: int) -> str | None:
    """Return None for a complete NumPy array of numbers or text, "" for another format, otherwise what is wrong."""
    file.seek(0)
    head = file.read(12 + _NPY_HEADER)
    if not head.startswith(_NPY):
        return ""
    if head[6:8] not in {b"\x01\x00", b"\x02\x00", b"\x03\x00"}:
        return "no NumPy writes its version"
    start = 10 if head[6] == 1 else 12
    length = int.from_bytes(head[8:start], "little")
    fields = _NPY_FIELDS.fullmatch(head, start, start + length) if start + length <= len(head) else None
    if fields is None:
        return "its header is not that of an array of numbers or text"
    shape = [int(one) for one in fields[2].replace(b",", b" ").split()]
    if len(shape) > _MOST_DIMENSIONS or start + length + prod(shape) * _item_size(fields[1].decode()) != size:
        return "its size is not that of its shape"
    return None


def holds_objects(file: BinaryIO) -> bool:
    """Return whether this is a NumPy array whose items, or parts of them, are pickled objects."""
    file.seek(0)
    head = file.read(12 + _NPY_HEADER)
    return head.startswith(_NPY) and _NPY_OBJECTS.search(head) is not None


def _item_size(dtype: str) -> int:
    name = dtype.lstrip("<>|=")
    if name in {"?", "b1"}:
        return 1
    if name[0] in "mM":
        return 8
    return int(name[1:]) * (4 if name[0] == "U" else 1)


def text_kind(file: BinaryIO, size: int) -> str:
    """Return `json`, `text`, or "" for what is not UTF-8 without control characters to the last byte."""
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while data := file.read(_MIB):
            if CONTROL.search(data):
                return ""
            decoder.decode(data)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return ""
    return "json" if size <= _JSON and _is_json(file) else "text"


def _is_json(file: BinaryIO) -> bool:
    file.seek(0)
    start = file.read(HEAD).removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if start[:1] not in {b"{", b"["}:
        return False
    file.seek(0)
    try:
        json.loads(file.read().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return False
    return True


def disguise(file: BinaryIO, size: int, *, known_as: str = "") -> str:
    """Return what other readers would take the same bytes for, "" for nothing.

    `known_as` ("zip", "tar") is left out, and for a tar also the ZIP archives that it may hold.

    An archive is found from its end, a tar by the sum in its first block, and HDF5 at each power of two.
    """
    if known_as != "tar" and _begins_as_tar(file):
        return "a tar archive"
    if known_as not in {"zip", "tar"} and zip_ends(file, size):
        return "a ZIP archive"
    at = 0
    while at < size:
        file.seek(at)
        if file.read(len(_HDF5)) == _HDF5:
            return "an HDF5 file"
        at = at * 2 or _HDF5_FIRST
    return ""


def _begins_as_tar(file: BinaryIO) -> bool:
    file.seek(0)
    block = file.read(_TAR_BLOCK)
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return False
    return True


def zip_ends(file: BinaryIO, size: int) -> list[int]:
    """Return where a ZIP could end from which a reader would find a directory of entries, the first place first."""
    base = max(0, size - _ZIP_TAIL)
    file.seek(base)
    tail = file.read(_ZIP_TAIL)
    found, at = [], tail.find(_ZIP_END)
    while at >= 0:
        if len(tail) - at >= _ZIP_END_SIZE and _has_directory(file, base + at, tail[at : at + _ZIP_END_SIZE]):
            found.append(base + at)
        at = tail.find(_ZIP_END, at + 1)
    return found


def _has_directory(file: BinaryIO, at: int, record: bytes) -> bool:
    length, offset = struct.unpack("<LL", record[12:20])
    places = (at - length, offset)
    if any(0 <= place < at and _bytes_at(file, place) == b"PK\x01\x02" for place in places):
        return True
    return at >= 20 and _bytes_at(file, at - 20) == b"PK\x06\x07"  # the larger form, ZIP64


def _bytes_at(file: BinaryIO, place: int) -> bytes:
    file.seek(place)
    return file.read(4)
