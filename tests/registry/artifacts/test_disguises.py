"""No pickle in any disguise is accepted, ordinary files are, and no file costs more work than its size allows."""

from __future__ import annotations

import contextlib
import gzip
import io
import struct
import tarfile
import zipfile
from collections.abc import Callable

import pytest

from registry.artifacts.content_check import inspect
from registry.errors import FormatRefused, PickleRefused
from tests.registry.artifacts.disguises import (
    disguised_pickles,
    external,
    message,
    onnx,
    ordinary_files,
    tarred,
    tensors,
    zipped,
)
from youman.core.errors import ArchiveRefused

pytestmark = pytest.mark.attack("artifact_content")

_REFUSALS = (PickleRefused, FormatRefused, ArchiveRefused)
_MIB = 1024 * 1024
PICKLES = disguised_pickles()
ORDINARY = ordinary_files()


def look(data: bytes) -> str:
    return inspect(io.BytesIO(data), "model.bin")


@pytest.mark.parametrize("data", PICKLES.values(), ids=PICKLES.keys())
def test_a_disguised_pickle_is_refused(data: bytes) -> None:
    with pytest.raises(_REFUSALS):
        look(data)


@pytest.mark.parametrize(("data", "format"), ORDINARY.values(), ids=ORDINARY.keys())
def test_an_ordinary_file_is_accepted(data: bytes, format: str) -> None:
    assert look(data) == format


def spec(shape: object, offsets: object, dtype: object = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


HEADERS: dict[str, object] = {
    "a hole": {"a": spec([1], [0, 4]), "b": spec([1], [8, 12])},
    "an overlap": {"a": spec([2], [0, 8]), "b": spec([2], [4, 12])},
    "the same bytes twice": {"a": spec([3], [0, 12]), "b": spec([3], [0, 12])},
    "offsets in the wrong order": {"a": spec([3], [12, 0])},
    "negative offsets": {"a": spec([3], [-12, 0])},
    "offsets with a fraction": {"a": spec([3], [0, 12.0])},
    "true for a number": {"a": spec([3], [False, 12])},
    "three offsets": {"a": spec([3], [0, 6, 12])},
    "offsets as text": {"a": spec([3], ["0", "12"])},
    "offsets of mixed kinds": {"a": spec([3], [0, 12]), "b": spec([0], ["12", None])},
    "no offsets": {"a": {"dtype": "F32", "shape": [3]}},
    "an unknown type": {"a": spec([3], [0, 12], "O")},
    "a type other than text": {"a": spec([3], [0, 12], ["F32"])},
    "another size than its shape": {"a": spec([4], [0, 12])},
    "a shape that overflows": {"a": spec([2**62, 2**62], [0, 12])},
    "a shape of 40 dimensions": {"a": spec([1] * 40, [0, 4]), "b": spec([2], [4, 12])},
    "an unknown key": {"a": spec([3], [0, 12]) | {"code": "x"}},
    "metadata other than text": {"__metadata__": {"a": {}}, "t": spec([3], [0, 12])},
    "a tensor that is a list": {"a": [0, 12]},
    "more bytes than announced": {"a": spec([2], [0, 8])},
    "fewer bytes than announced": {"a": spec([4], [0, 16])},
    "offsets beyond 64 bits": {"a": spec([3], [0, 10**30])},
}
RAW = {
    "nesting": b'{"a":' * 60_000,
    "a name twice": b"{%b,%b}" % ((b'"a":{"dtype":"U8","shape":[12],"data_offsets":[0,12]}',) * 2),
    "no number": b'{"a":{"dtype":"U8","shape":[NaN],"data_offsets":[0,12]}}',
    "a number of many digits": b'{"a":{"dtype":"U8","shape":[' + b"9" * 5_000 + b'],"data_offsets":[0,12]}}',
    "another encoding": '{"ä":1}'.encode("latin-1"),
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
def test_odd_tensors_are_refused(header: object) -> None:
    with pytest.raises(FormatRefused):
        look(tensors(header, bytes(12)))


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW.keys())
def test_odd_headers_of_tensors_are_refused(raw: bytes) -> None:
    with pytest.raises(FormatRefused):
        look(tensors(None, bytes(12), raw=raw))


HUGE = b"\xff" * 9 + b"\x01"
MODELS = {
    "weights above its folder": external(("location", "../../etc/passwd")),
    "weights at an absolute path": external(("location", "/etc/passwd")),
    "weights in a folder": external(("location", "a/b")),
    "weights behind a hidden name": external(("location", ".ssh")),
    "weights behind two places": external(("location", "a"), ("location", "..")),
    "weights behind a long name": external(("location", "a" * 5_000)),
    "weights on another system": external(("location", "c:\\x")),
    "an oversized length": onnx()[:-2] + b"\x32" + HUGE,
    "a length of 2**63": b"\x08\x07\x3a" + b"\x80" * 9 + b"\x01",
    "an endless number": b"\x08" + b"\x80" * 200,
    "a number of eleven bytes": b"\x08" + b"\x80" * 10 + b"\x01",
    "groups": b"\x08\x07" + b"\x3b\x3c" * 50,
    "a cut field": onnx() + b"\x32\x05ab",
    "field 0": b"\x02\x00" + onnx(),
    "graphs in graphs": onnx(more=b""),
    "text between": onnx() + b"hello",
}
deep = message(2, b"g")
for _ in range(200):
    deep = message(1, message(5, message(6, deep)))
MODELS["graphs in graphs"] = b"\x08\x07" + message(7, deep)


@pytest.mark.parametrize("data", MODELS.values(), ids=MODELS.keys())
def test_odd_models_are_refused(data: bytes) -> None:
    with pytest.raises(FormatRefused):
        look(data)


def nameless() -> bytes:
    return zipped({"aa": b"x"}).replace(b"aa", b"\x00\x00")


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "an entry named by nothing": lambda: unnamed(),
    "an entry named by NUL": nameless,
    "attributes of 2 MiB in a tar": lambda: tarred({"a.txt": b"x"}, pax={"comment": "x" * 2 * _MIB}),
    "a name of 1 MiB in a tar": lambda: tarred({"n" * _MIB: b"x"}, tarfile.GNU_FORMAT),
    "text behind a tar": lambda: tarred({"a.txt": b"x"}) + b"words",
    "words between a tar's members": lambda: padded_tar(),
    "bytes between a ZIP's entries": lambda: gapped(b"between"),
    "bytes behind a ZIP": lambda: zipped({"a.txt": b"x"}) + b"behind",
    "packed archives of zeros": lambda: zipped({f"{n}.gz": packed_zeros() for n in range(20)}, zipfile.ZIP_STORED),
}


def unnamed() -> bytes:
    data = zipped({"a": b"x"}, zipfile.ZIP_STORED)
    local, central = data.index(b"PK\x03\x04"), data.index(b"PK\x01\x02")
    record = data[central : data.index(b"PK\x05\x06")]
    entry = data[local:central]
    entry = entry[:26] + b"\x00\x00" + entry[28:30] + entry[31:]
    record = record[:28] + b"\x00\x00" + record[30:46] + record[47:]
    end = data[data.index(b"PK\x05\x06") :]
    return entry + record + end[:12] + struct.pack("<LL", len(record), len(entry)) + end[20:]


def padded_tar() -> bytes:
    data = bytearray(tarred({"a.txt": b"x", "b.txt": b"y"}))
    data[600:605] = b"words"
    return bytes(data)


def gapped(between: bytes) -> bytes:
    data = zipped({"a.txt": b"x"}, zipfile.ZIP_STORED)
    central, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    tail = data[end:]
    return (
        data[:central] + between + data[central:end] + tail[:16] + struct.pack("<L", central + len(between)) + tail[20:]
    )


def packed_zeros() -> bytes:
    return gzip.compress(bytes(30 * _MIB), 1)


@pytest.mark.parametrize("make", ARCHIVES.values(), ids=ARCHIVES.keys())
def test_odd_archives_are_refused(make: Callable[[], bytes]) -> None:
    with pytest.raises(_REFUSALS):
        look(make())


class Counted(io.BytesIO):
    """Counts the reads and the bytes that they return."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.reads = self.bytes = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.reads += 1
        self.bytes += len(data)
        return data

    def readline(self, size: int | None = -1, /) -> bytes:
        data = super().readline(size)
        self.reads += 1
        self.bytes += len(data)
        return data


HEAVY: dict[str, Callable[[], bytes]] = {
    "a model of two million fields": lambda: b"\x08\x01" * 2 * _MIB,
    "a model of fields in turn": lambda: b"\x08\x01\x28\x01" * _MIB,
    "a model of empty graphs": lambda: b"\x08\x07" + b"\x3a\x00" * 2 * _MIB,
    "a vocabulary of empty pieces": lambda: b"\x0a\x00" * 2 * _MIB,
    "a header of 45 MB": lambda: tensors(None, b"", raw=b"{" + b" " * 45_000_000 + b"}"),
    "a header of a million names": lambda: tensors({str(n): 0 for n in range(600_000)}, b""),
    "a line of 40 MB": lambda: b"V" + b"x" * 40_000_000,
    "numbers without end": lambda: b"I" + b"1" * 40_000_000,
    "brackets": lambda: b"[" * 30_000_000,
    "opcodes": lambda: b"N0" * 10_000_000,
    "marks": lambda: b"(" * 20_000_000,
    "ends of archives": lambda: b"\x08\x07" + b"PK\x05\x06" * 200_000,
}


@pytest.mark.parametrize("make", HEAVY.values(), ids=HEAVY.keys())
def test_the_work_is_bounded_by_the_size(make: Callable[[], bytes]) -> None:
    data = make()
    file = Counted(data)
    with contextlib.suppress(*_REFUSALS):
        inspect(file, "model.bin")
    assert file.bytes < 4 * len(data) + 2 * _MIB
    assert file.reads < 70_000 + len(data) // 1024
