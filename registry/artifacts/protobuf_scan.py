"""Recognition of models that are protocol buffers: their fields are followed to the last byte, and none is decoded.

Only what the walk needs of the schemas is written down: which fields are messages that are worth a look inside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import BinaryIO

_MOST_FIELDS = 400_000  # a vocabulary of 256,000 pieces fits; the graph of a large model has a tenth
_DEEPEST = 64
_WINDOW = 64 * 1024
_ONE_BYTE = 0x7F
_LOCATION = 1024  # bytes of a path that are read
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,254}")


class ProtobufRefused(ValueError):
    """It is one of the known models, but not one that can be accepted; the text says why."""


class _Unknown(Exception):
    """The bytes are not such a message."""


_Fields = dict[int, tuple[frozenset[int], str | None]]  # by number: the wire types, and the message inside a field


def _fields(
    *,
    varints: tuple[int, ...] = (),
    leaves: tuple[int, ...] = (),
    packed: tuple[int, ...] = (),
    fixed32: tuple[int, ...] = (),
    **inside: tuple[int, ...],
) -> _Fields:
    found: _Fields = {}
    found |= dict.fromkeys(varints, (frozenset({_VARINT}), None))
    found |= dict.fromkeys(leaves, (frozenset({_BYTES}), None))
    found |= dict.fromkeys(packed, (frozenset({_VARINT, _FIXED64, _BYTES, _FIXED32}), None))
    found |= dict.fromkeys(fixed32, (frozenset({_FIXED32}), None))
    for name, numbers in inside.items():
        found |= dict.fromkeys(numbers, (frozenset({_BYTES}), name))
    return found


# onnx.proto3, tensorflow/core/protobuf/{saved_model,meta_graph}.proto, sentencepiece_model.proto
_MESSAGES = {
    "onnx": _fields(varints=(1, 5), leaves=(2, 3, 4, 6, 14, 20, 26), graph=(7,), opset=(8,), function=(25,)),
    "opset": _fields(leaves=(1,), varints=(2,)),
    "graph": _fields(leaves=(2, 10, 11, 12, 13, 14, 16), node=(1,), tensor=(5,), sparse=(15,)),
    "node": _fields(leaves=(1, 2, 3, 4, 6, 7, 8, 9, 10), attribute=(5,)),
    "attribute": _fields(
        varints=(3, 20),
        packed=(7, 8),
        leaves=(1, 4, 9, 13, 14, 15, 21),
        fixed32=(2,),
        tensor=(5, 10),
        graph=(6, 11),
        sparse=(22, 23),
    ),
    "tensor": _fields(packed=(1, 4, 5, 7, 10, 11), varints=(2, 14), leaves=(3, 6, 8, 9, 12, 16), external=(13,)),
    "sparse": _fields(packed=(3,), tensor=(1, 2)),
    "function": _fields(leaves=(1, 4, 5, 6, 8, 10, 12, 13, 14), node=(7,), opset=(9,), attribute=(11,)),
    "savedmodel": _fields(varints=(1,), meta_graph=(2,)),
    "meta_graph": _fields(leaves=(1, 2, 3, 4, 5, 6, 7)),
    "sentencepiece": _fields(leaves=(1, 2, 3, 4, 5)),
}
# Numbers of a list that is not packed: the tag again and again, each with its number.
_RUNS = {_VARINT: rb"(?:%b[\x80-\xff]{0,9}[\x00-\x7f])+", _FIXED64: rb"(?s:%b.{8})+", _FIXED32: rb"(?s:%b.{4})+"}
_NEEDS = {"onnx": {1, 7}, "savedmodel": {2}, "sentencepiece": {1, 2}}


def protobuf_kind(file: BinaryIO, size: int) -> str:
    """Return `onnx`, `savedmodel`, `sentencepiece`, or "" for what is none of them to the last byte.

    Raises ProtobufRefused for a model with more fields than any, and for one whose weights lie outside its folder.
    """
    for kind, needs in _NEEDS.items():
        walk = _Walk(file, size)
        try:
            found = walk.follow(kind)
        except _Unknown:
            continue
        if needs <= found:
            return kind
    return ""


@cache
def _run(tag: int) -> re.Pattern[bytes]:
    return re.compile(_RUNS[tag & 7] % re.escape(bytes([tag])))


@dataclass(slots=True)
class _Walk:
    """Follows the fields of a message through a window of the file. Every field costs one of `left`."""

    file: BinaryIO
    size: int
    left: int = _MOST_FIELDS
    _start: int = 0
    _window: bytes = field(default=b"")

    def follow(self, kind: str) -> set[int]:
        """Return the numbers of the fields on top."""
        top: set[int] = set()
        ends, kinds, at = [self.size], [kind], 0
        while ends:
            if at == ends[-1]:
                ends.pop()
                kinds.pop()
                continue
            message = _MESSAGES[kinds[-1]]
            number, wire, at = self._tag(at, ends[-1])
            if len(ends) == 1:
                top.add(number)
            wires, inside = message.get(number, (frozenset[int](), None))
            if wire not in wires:
                raise _Unknown
            start, end = self._extent(wire, at, ends[-1])
            if inside is None:
                at = end if wire == _BYTES else self._behind_run(number << 3 | wire, end, ends[-1])
            elif inside == "external":
                self._check_location(start, end)
                at = end
            elif len(ends) > _DEEPEST:
                raise ProtobufRefused("its graphs are nested too deeply")
            else:
                ends.append(end)
                kinds.append(inside)
                at = start
        return top

    def _tag(self, at: int, end: int) -> tuple[int, int, int]:
        self.left -= 1
        if self.left < 0:
            raise ProtobufRefused(f"it has more than {_MOST_FIELDS:,} fields")
        tag, at = self._varint(at, end)
        return tag >> 3, tag & 7, at

    def _extent(self, wire: int, at: int, end: int) -> tuple[int, int]:
        """Where the field's content begins and ends."""
        if wire == _VARINT:
            stop = self._varint(at, end)[1]
        elif wire == _BYTES:
            length, at = self._varint(at, end)
            stop = at + length
        else:
            stop = at + (8 if wire == _FIXED64 else 4)
        if stop > end:
            raise _Unknown
        return at, stop

    def _behind_run(self, tag: int, at: int, end: int) -> int:
        """Where the numbers end that follow under the same tag, of those within the window."""
        if tag > _ONE_BYTE or at >= end:
            return at
        self._byte(at)
        run = _run(tag).match(self._window, at - self._start, min(len(self._window), end - self._start))
        return at if run is None else self._start + run.end()

    def _varint(self, at: int, end: int) -> tuple[int, int]:
        value = 0
        for shift in range(0, 64, 7):
            if at >= end:
                raise _Unknown
            byte = self._byte(at)
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value, at
        raise _Unknown

    def _byte(self, at: int) -> int:
        offset = at - self._start
        if not 0 <= offset < len(self._window):
            self.file.seek(at)
            self._start, self._window, offset = at, self.file.read(_WINDOW), 0
            if not self._window:
                raise _Unknown
        return self._window[offset]

    def _check_location(self, start: int, end: int) -> None:
        """Refuse a tensor whose bytes are said to lie anywhere but in a file of the same folder."""
        if end - start > _LOCATION:
            raise ProtobufRefused("the name of a tensor's file is too long")
        texts = {1: b"", 2: b""}
        at = start
        while at < end:
            number, wire, at = self._tag(at, end)
            begin, at = self._extent(wire, at, end)
            if number not in texts or wire != _BYTES:
                raise _Unknown
            self.file.seek(begin)
            texts[number] = self.file.read(at - begin)
        if texts[1] == b"location" and not _PLAIN_NAME.fullmatch(texts[2].decode("latin-1")):
            raise ProtobufRefused("it keeps weights outside its own folder; save it in one file")
