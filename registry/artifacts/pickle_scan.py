"""Tells whether an unpickler that starts at the first byte would do anything, without unpickling and in bounded memory.

The opcodes' arguments are skipped, not read. Where a long argument might be invalid it counts as valid, so the answer
errs on the side of refusal.
"""

from __future__ import annotations

import pickletools
from typing import BinaryIO

_MOST_OPCODES = 5_000
_LINE = 4 * 1024  # bytes of an argument that are read to check it
_CHUNK = 64 * 1024
_OPCODES = {one.code: one for one in pickletools.opcodes}
_IMPORTS = frozenset({"GLOBAL", "STACK_GLOBAL", "INST", "EXT1", "EXT2", "EXT4"})
_CALLS = frozenset({"REDUCE", "BUILD", "OBJ", "INST", "NEWOBJ", "NEWOBJ_EX"})
_WIDTHS = {
    pickletools.TAKEN_FROM_ARGUMENT1: 1,
    pickletools.TAKEN_FROM_ARGUMENT4: 4,
    pickletools.TAKEN_FROM_ARGUMENT4U: 4,
    pickletools.TAKEN_FROM_ARGUMENT8U: 8,
}
_TWO_LINES = frozenset({"GLOBAL", "INST"})
_DIGITS = {"FLOAT": b"0123456789.+-_eE", **dict.fromkeys(("INT", "LONG", "GET", "PUT"), b"0123456789+-_L")}
_PROTO, _LATEST = 0x80, 5


class _Invalid(Exception):
    """No unpickler would read on."""


def holds_pickle(file: BinaryIO) -> bool:
    """Return whether a pickle of any protocol begins at the file's first byte: it ends, or calls something before.

    The stack is tracked as the unpickler would, because the letters of plain text are opcodes too.
    """
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(2)
    if len(head) == 2 and head[0] == _PROTO and head[1] <= _LATEST:
        return True
    file.seek(0)
    stack: list[object] = []
    imported = False
    try:
        for seen in range(_MOST_OPCODES):
            opcode = _next(file, size)
            if not _applies(opcode, stack):
                return False
            if opcode.name == "STOP":
                return seen > 3  # fewer make no more than an empty value, and are the start of many a text
            imported = imported or opcode.name in _IMPORTS
            if imported and opcode.name in _CALLS:
                return True
    except _Invalid:
        return False
    return True


def _next(file: BinaryIO, size: int) -> pickletools.OpcodeInfo:
    opcode = _OPCODES.get(file.read(1).decode("latin-1"))
    if opcode is None:
        raise _Invalid
    if opcode.arg is not None:
        for _ in range(1 + (opcode.name in _TWO_LINES)):
            _skip_argument(file, opcode, opcode.arg.n, size)
    return opcode


def _skip_argument(file: BinaryIO, opcode: pickletools.OpcodeInfo, length: int, size: int) -> None:
    if length == pickletools.UP_TO_NEWLINE:
        _check_line(opcode, *_line(file))
        return
    if length < 0:
        width = _WIDTHS[length]
        length = int.from_bytes(file.read(width), "little")
    if file.tell() + length > size:
        raise _Invalid
    file.seek(length, 1)


def _line(file: BinaryIO) -> tuple[bytes, bool]:
    """The next line, and whether it is whole; only the first bytes of a longer one."""
    line = file.readline(_LINE)
    if line.endswith(b"\n"):
        return line, True
    while data := file.readline(_CHUNK):
        if data.endswith(b"\n"):
            return line, False
    raise _Invalid  # the file ends within the argument


def _check_line(opcode: pickletools.OpcodeInfo, line: bytes, whole: bool) -> None:
    """Raise _Invalid where no unpickler, in C or in Python and with any encoding, takes the argument."""
    text = line.strip()
    try:
        if opcode.name in {"INT", "LONG"} and whole:
            _whole_number(text.removesuffix(b"L"))
        elif opcode.name in {"GET", "PUT"} and whole:
            int(text)
        elif opcode.name == "FLOAT" and whole:
            float(text)
    except ValueError as error:
        raise _Invalid from error
    if not whole and opcode.name in _DIGITS and text.strip(_DIGITS[opcode.name]):
        raise _Invalid
    if opcode.name == "STRING" and (text[:1] not in {b"'", b'"'} or (whole and text[-1:] != text[:1])):
        raise _Invalid


def _whole_number(text: bytes) -> int:
    """Read a number in base 10, 16, 8 or 2, as the unpickler does, or `01`, which stands for true."""
    return int(text) if text.lstrip(b"+-").isdigit() else int(text, 0)


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
