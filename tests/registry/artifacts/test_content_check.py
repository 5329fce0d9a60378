"""What may come in is judged by content: hostile files and archives are made here, and each is refused."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
import pytest

from registry.artifacts.content_check import inspect
from registry.errors import FormatRefused, PickleRefused
from tests.registry.conftest import safetensors
from youman.core.errors import ArchiveRefused


class Runs:
    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("true",)


def look(data: bytes, name: str = "model.bin") -> str:
    return inspect(io.BytesIO(data), name)


def zipped(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(entries: dict[str, bytes], *members: tarfile.TarInfo) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for member in members:
            archive.addfile(member)
    return file.getvalue()


def member(name: str, kind: bytes, target: str = "/etc/passwd") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def onnx_model() -> bytes:
    from onnx import TensorProto, helper

    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", value[:1], value[1:])
    return bytes(helper.make_model(graph).SerializeToString())


def saved_array(*, objects: bool) -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([Runs()], dtype=object) if objects else np.arange(4.0), allow_pickle=True)
    return file.getvalue()


SAVED_MODEL = b"\x08\x01\x12\x04\x0a\x02hi"
PICKLES = {f"protocol {number}": pickle.dumps(Runs(), protocol=number) for number in range(6)}
PICKLES |= {f"plain data, protocol {n}": pickle.dumps({"a": [1, 2.5, "x"]}, protocol=n) for n in range(6)}
PICKLES["runs, then breaks"] = pickle.dumps(Runs(), protocol=0)[:-1] + b"\xff\xff"
PICKLES["of Python 2"] = b"c__builtin__\neval\n(S'1+1'\ntR."
PICKLES["long, cut by the head"] = pickle.dumps([Runs(), *("words" * 10 for _ in range(50_000))], protocol=0)


@pytest.mark.parametrize("data", PICKLES.values(), ids=PICKLES.keys())
@pytest.mark.parametrize(
    "wrap",
    [
        bytes,
        zlib.compress,
        gzip.compress,
        lambda data: zipped({"data.pkl": data}),
        lambda data: zipped({"a.txt": b"hello", "inner.zip": zipped({"weights/data": data})}),
        lambda data: zipped({"words.json": data}, zipfile.ZIP_STORED),
        lambda data: tarred({"model/tokenizer.json": data}),
        lambda data: gzip.compress(tarred({"a": b"text", "b": data})),
        lambda data: tarred({"x.gz": gzip.compress(data)}),
        lambda data: zipped({"saved_model.pb": SAVED_MODEL, "variables/variables.data-00000-of-00001": data}),
    ],
    ids=["bare", "zlib", "gzip", "zip", "zip in zip", "stored zip", "tar", "tar.gz", "gz in tar", "SavedModel"],
)
def test_pickles_are_refused_in_any_wrapping(data: bytes, wrap: Callable[[bytes], bytes]) -> None:
    with pytest.raises(PickleRefused):
        look(wrap(data), "model.safetensors")


def test_arrays_of_objects_are_refused_and_plain_ones_are_taken() -> None:
    with pytest.raises(PickleRefused):
        look(saved_array(objects=True))
    with pytest.raises(PickleRefused):
        look(zipped({"w.npy": saved_array(objects=True)}))
    assert look(saved_array(objects=False)) == "npy"
    assert look(zipped({"w.npy": saved_array(objects=False)})) == "npz.zip"


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (safetensors(), "safetensors"),
        (onnx_model(), "onnx"),
        (SAVED_MODEL, "savedmodel"),
        (b'{"a": 1}', "json"),
        (b"cat\ndog\nRat\nemu.\n", "text"),
        (b"I am.\nNot a pickle\n", "text"),
        ("Zürich, čaj, 漢字\n".encode() * 9_000, "text"),
        (b"\x0a\x05\x0a\x03abc\x12\x02\x08\x01", "sentencepiece"),
        (zipped({"tokenizer.json": b"{}", "vocab.txt": b"a\nb\n"}), "zip"),
        (tarred({"vocab.txt": b"a\nb\n"}), "tar"),
        (gzip.compress(tarred({"vocab.txt": b"a\nb\n"})), "tar.gz"),
        (
            zipped({
                "m/saved_model.pb": SAVED_MODEL,
                "m/variables/variables.index": b"\x00\x01\x02" * 50,
                "m/variables/variables.data-00000-of-00001": bytes(range(3, 256)) * 40,
                "m/assets/vocab.txt": b"a",
            }),
            "savedmodel.zip",
        ),
    ],
    ids=["safetensors", "onnx", "savedmodel", "json", "words", "sentence", "unicode", "sentencepiece", "zip", "tar",
         "tar.gz", "savedmodel zip"],
)  # fmt: skip
def test_what_we_use_is_taken(data: bytes, format: str) -> None:
    assert look(data) == format


@pytest.mark.parametrize(
    "data",
    [
        safetensors()[:-1],
        safetensors() + b"x",
        b"\x89HDF\r\n\x1a\n" + bytes(100),
        b"\x7fELF" + bytes(100),
        b"MZ" + bytes(range(256)),
        b"BZh91AY&SY" + bytes(100),
        b"\xfd7zXZ\x00" + bytes(100),
        b"\x28\xb5\x2f\xfd" + bytes(100),
        b"text \x00 with NUL",
        b"\xff\xfe\x00\xd8",
        onnx_model()[:-2],
        safetensors() + zipped({"a": b"x"}),
        b"#!/bin/sh\n" + zipped({"a": b"x"}),
        zipped({"variables/variables.data-00000-of-00001": bytes(range(256)), "a.txt": b"x"}),
        zipped({"lib.so": b"\x7fELF" + bytes(100)}),
    ],
    ids=["short", "long", "hdf5", "elf", "exe", "bzip2", "xz", "zstd", "nul", "utf-16", "cut onnx", "zip behind",
         "self-extracting", "raw binary in zip", "library in zip"],
)  # fmt: skip
def test_everything_else_is_refused(data: bytes) -> None:
    with pytest.raises(FormatRefused):
        look(data)


def test_overlapping_tensors_are_refused() -> None:
    spans = {"a": [0, 8], "b": [4, 12]}
    header = json.dumps({k: {"dtype": "F32", "shape": [2], "data_offsets": v} for k, v in spans.items()}).encode()
    with pytest.raises(FormatRefused, match="overlap"):
        look(struct.pack("<Q", len(header)) + header + bytes(12))


def linked() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return file.getvalue()


def twice() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", b"good")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.txt", b"other")
    return file.getvalue()


def overlapping() -> bytes:
    """Two names in the directory of the archive that lead to the same bytes."""
    data = zipped({"aa": b"0" * 100, "bb": b"1" * 100}, zipfile.ZIP_STORED)
    start = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", start + 1)
    return data[: second + 42] + struct.pack("<I", 0) + data[second + 46 :]


def encrypted() -> bytes:
    data = bytearray(zipped({"a.txt": b"x"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    return bytes(data)


def nested(depth: int) -> bytes:
    data = b"hello"
    for _ in range(depth):
        data = zipped({"inner": data})
    return data


HOSTILE = {
    "out by dots": zipped({"../../etc/cron": b"x"}),
    "absolute": zipped({"/etc/passwd": b"x"}),
    "out by backslashes": zipped({"..\\up": b"x"}),
    "drive": zipped({"C:\\x": b"x"}),
    "tar out by dots": tarred({"../up": b"x"}),
    "tar absolute": tarred({"/etc/passwd": b"x"}),
    "zip link": linked(),
    "tar symbolic link": tarred({}, member("l", tarfile.SYMTYPE)),
    "tar hard link": tarred({}, member("l", tarfile.LNKTYPE)),
    "tar device": tarred({}, member("d", tarfile.CHRTYPE)),
    "tar fifo": tarred({}, member("f", tarfile.FIFOTYPE)),
    "bomb": zipped({"zeros": bytes(60_000_000)}),
    "too many": zipped({str(number): b"" for number in range(5_001)}),
    "one name twice": twice(),
    "one name in two spellings": zipped({"A.txt": b"x", "a.txt": b"y"}),
    "overlapping": overlapping(),
    "encrypted": encrypted(),
    "nested too deep": nested(6),
    "damaged": zipped({"a.txt": os.urandom(9_000)})[:-400] + bytes(400),
    "gzip cut short": gzip.compress(os.urandom(9_000))[:-500],
    "gzip bomb in tar": tarred({"b.gz": gzip.compress(bytes(600 * 1024 * 1024), 1)}),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_archives_are_refused(data: bytes) -> None:
    with pytest.raises(ArchiveRefused):
        look(data, "model.zip")
