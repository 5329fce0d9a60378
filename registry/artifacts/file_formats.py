"""Recognition of file formats by their bytes. Pure functions; nothing is ever loaded or executed."""

from __future__ import annotations

import json
import pickletools
import re
import struct
from io import BytesIO
from typing import BinaryIO

HEAD = 64 * 1024
_SAFETENSORS_HEADER = 100 * 1024 * 1024
_MOST_OPCODES = 5_000
_IMPORTS = {"GLOBAL", "STACK_GLOBAL", "INST", "EXT1", "EXT2", "EXT4"}
_CALLS = {"REDUCE", "BUILD", "OBJ", "INST", "NEWOBJ", "NEWOBJ_EX"}
ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b")
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # bytes that no text contains, and every protobuf does
_NPY = b"\x93NUMPY"


def holds_pickle(head: bytes) -> bool:
    """Return whether a pickle of any protocol begins here: it ends within these bytes, or calls something before.

    The stack is tracked as the unpickler would, because the letters of plain text are opcodes too.
    """
    if len(head) >= 2 and head[0] == 0x80 and head[1] <= 5:
        return True
    if head.startswith(ARCHIVES):
        return False  # archives are unpacked and inspected separately
    stack: list[object] = []
    imported = False
    seen = 0
    try:
        for opcode, _, _ in pickletools.genops(BytesIO(head)):
            seen += 1
            if seen > _MOST_OPCODES:
                return True
            if not _applies(opcode, stack):
                return False
            imported = imported or opcode.name in _IMPORTS
            if imported and opcode.name in _CALLS:
                return True
        return seen > 4
    except (ValueError, OverflowError):
        return False


def _applies(opcode: pickletools.OpcodeInfo, stack: list[object]) -> bool:
    """Apply the opcode to the stack; return False when the stack lacks its arguments."""
    needs = list(opcode.stack_before)
    if pickletools.markobject in needs:
        if pickletools.markobject not in stack:
            return False
        while stack.pop() is not pickletools.markobject:
            pass
        needs = needs[: needs.index(pickletools.markobject)]
    if len(stack) < len(needs):
        return False
    del stack[len(stack) - len(needs) :]
    stack.extend(opcode.stack_after)
    return True


def holds_objects(head: bytes) -> bool:
    """Return whether this is a NumPy array whose items are pickled objects."""
    if not head.startswith(_NPY) or len(head) < 12:
        return False
    wide = head[6] >= 2
    length = struct.unpack("<I" if wide else "<H", head[8:12] if wide else head[8:10])[0]
    return "O" in head[8 : 12 + length].decode("latin-1").partition("'descr'")[2].partition("'fortran_order'")[0]


def is_npy(head: bytes) -> bool:
    return head.startswith(_NPY)


def safetensors_problem(head: bytes, file: BinaryIO, size: int) -> str | None:
    """Return None for a complete safetensors file, "" for another format, otherwise what is wrong with it."""
    if len(head) < 10 or head[8:9] != b"{":
        return ""
    length = struct.unpack("<Q", head[:8])[0]
    if not 2 <= length <= min(_SAFETENSORS_HEADER, size - 8):
        return ""
    file.seek(8)
    try:
        header = json.loads(file.read(length))
        spans = sorted(tuple(one["data_offsets"]) for name, one in header.items() if name != "__metadata__")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "its header is not valid"
    at = 0
    for start, end in spans:
        if start != at or end < start:
            return "its tensors overlap or leave gaps"
        at = end
    return (
        None if at == size - 8 - length else f"it has {size - 8 - length} bytes of tensors, its header announces {at}"
    )


def protobuf_kind(file: BinaryIO, size: int) -> str:
    """Return `onnx`, `savedmodel`, `sentencepiece` or "", judged by the top-level fields up to the last byte."""
    file.seek(0)
    fields: dict[tuple[int, int], int] = {}
    at = 0
    while at < size:
        tag, at = _varint(file, at)
        number, wire = tag >> 3, tag & 7
        if tag < 8 or number > 100:
            return ""
        at = _skip(file, at, wire)
        if at < 0 or at > size:
            return ""
        fields[(number, wire)] = fields.get((number, wire), 0) + 1
    return _kind_of(set(fields))


def _kind_of(fields: set[tuple[int, int]]) -> str:
    if {(1, 0), (7, 2)} <= fields and fields <= {(n, w) for n in (*range(1, 9), 14, 20, 25, 26) for w in (0, 2)}:
        return "onnx"
    if (2, 2) in fields and fields <= {(1, 0), (2, 2)}:
        return "savedmodel"
    if {(1, 2), (2, 2)} <= fields and fields <= {(number, 2) for number in range(1, 6)}:
        return "sentencepiece"
    return ""


def _varint(file: BinaryIO, at: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 64:
        byte = file.read(1)
        if not byte:
            return 0, at
        at += 1
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value, at
        shift += 7
    return 0, at


def _skip(file: BinaryIO, at: int, wire: int) -> int:
    """Return where the next field begins, or -1."""
    if wire == 0:
        return _varint(file, at)[1]
    if wire == 2:
        length, at = _varint(file, at)
        return file.seek(at + length)
    return file.seek(at + {1: 8, 5: 4}[wire]) if wire in {1, 5} else -1


def text_kind(head: bytes, whole: bool) -> str:
    """Return `json`, `text` or "". `whole` means that the head is the entire file."""
    if CONTROL.search(head):
        return ""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if whole or error.start < len(head) - 4:
            return ""
        text = head[: error.start].decode("utf-8")
    return "json" if text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["} else "text"
