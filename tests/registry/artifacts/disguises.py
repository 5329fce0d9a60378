"""Pickles and other code in the clothes of formats that are accepted, each made here from the formats' own rules."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.registry.conftest import safetensors

PROTOCOLS = range(6)
NPY = b"\x93NUMPY"
HDF5 = b"\x89HDF\r\n\x1a\n"


class Runs:
    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("true",)


def pickled(protocol: int) -> bytes:
    return pickle.dumps(Runs(), protocol=protocol)


def zipped(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        archive.comment = comment
        for name, data in entries.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(entries: dict[str, bytes], format: int = tarfile.PAX_FORMAT, pax: dict[str, str] | None = None) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=format, pax_headers=pax or {}) as archive:
        for name, data in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def npy(header: str, payload: bytes, version: tuple[int, int] = (1, 0), length: int | None = None) -> bytes:
    text = header.encode("latin-1")
    size = len(text) if length is None else length
    packed = struct.pack("<H" if version[0] == 1 else "<I", size)
    return NPY + bytes(version) + packed + text + payload


def tensors(header: object, data: bytes, raw: bytes = b"") -> bytes:
    text = raw or json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor_of_bytes(data: bytes, note: str = "") -> bytes:
    """A safetensors file whose only tensor is these bytes."""
    spec = {"dtype": "U8", "shape": [len(data)], "data_offsets": [0, len(data)]}
    return tensors({"__metadata__": {"note": note}, "t": spec}, data)


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def message(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def onnx(*, tensor: bytes = b"", more: bytes = b"") -> bytes:
    """An ONNX model of one constant, with further fields of the tensor or of the model."""
    constant = b"\x08\x01\x10\x01" + message(8, b"w") + tensor
    graph = message(1, message(4, b"Relu")) + message(2, b"g") + message(5, constant)
    return b"\x08\x07" + message(7, graph) + message(8, b"\x10\x11") + more


def external(*entries: tuple[str, str]) -> bytes:
    fields = (message(13, message(1, key.encode()) + message(2, value.encode())) for key, value in entries)
    return onnx(tensor=b"".join(fields) + b"\x70\x01")


def _arrays(protocol: int) -> Iterator[tuple[str, bytes]]:
    data = pickled(protocol)
    headers = {
        "objects": "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n",
        "objects of eight": "{'descr': 'O8', 'fortran_order': False, 'shape': (1,), }\n",
        "other order": "{'shape': (1,), 'fortran_order': False, 'descr': '|O'}\n",
        "double quotes": '{"descr": "|O", "fortran_order": False, "shape": (1,)}\n',
        "a record": "{'descr': [('a', '<f4'), ('b', 'O')], 'fortran_order': False, 'shape': (1,), }\n",
        "escaped": "{'descr': '\\x7cO', 'fortran_order': False, 'shape': (1,), }\n",
        "a name in between": "{'descr': [('fortran_order', '|O')], 'fortran_order': False, 'shape': (1,), }\n",
        "by the word": "{'descr': 'object', 'fortran_order': False, 'shape': (1,), }\n",
    }
    for name, header in headers.items():
        for version in ((1, 0), (2, 0), (3, 0)):
            yield f"array, {name}, version {version[0]}", npy(header, data, version)
    yield "array of an unknown version", npy(headers["objects"], data, (9, 9))
    yield "array with a long header", npy(" " * 70_000 + headers["objects"], data, (2, 0))
    yield "array with a header that is too short", npy(headers["objects"], data, length=5)
    yield "numbers, then a pickle", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n", bytes(4) + data)


def _wrapped(protocol: int) -> Iterator[tuple[str, bytes]]:
    data, archive = pickled(protocol), zipped({"archive/data.pkl": pickled(protocol)}, zipfile.ZIP_STORED)
    text, tar = b"plain words\n" * 40, tarred({"pickle": data})
    note = archive.decode("utf-8", "surrogateescape")
    yield "ZIP behind a tar", tarred({"a.txt": b"x"}) + archive
    yield "ZIP behind gzip", gzip.compress(text) + archive
    yield "ZIP behind text", text + archive
    yield "ZIP behind safetensors", safetensors() + archive
    yield "ZIP in a tensor", tensor_of_bytes(archive)
    yield (
        "ZIP behind an array",
        _array_of_bytes(archive),
    )
    yield "ZIP in a model's text", onnx(more=message(6, archive))
    yield "ZIP in a model's tensor", onnx(tensor=message(9, archive))
    yield "ZIP in gzip's comment", _gzip_with_comment(text, archive)
    yield (
        "ZIP in a tar's attributes",
        tarred({"a.txt": b"x"}, pax={"comment": note}),
    )
    yield "ZIP in a ZIP's comment", zipped({"a.txt": b"x"}, comment=archive)
    yield "ZIP before a ZIP", archive + zipped({"a.txt": b"x"})
    yield "pickle before a ZIP", data + zipped({"a.txt": b"x"})
    yield (
        "pickle in a SavedModel's variables",
        zipped({"saved_model.pb": b"\x12\x00", "variables/variables.data-00000-of-00001": archive}),
    )
    yield "tar in a tensor", _tensor_that_is_a_tar(data)
    yield "tar in tar", tarred({"a.txt": b"x", "inner": tar})
    yield "tar in zip", zipped({"inner": tar})
    yield "HDF5 behind a block", _tensor_that_is_hdf5(data)
    yield "zlib", zlib.compress(data)
    yield "zlib of plain words, then a pickle", zlib.compress(text * 9_000 + data)
    yield "bzip2", bz2.compress(data)
    yield "lzma", lzma.compress(data)
    yield "gzip in gzip", gzip.compress(gzip.compress(data))
    yield "keras", zipped({"config.json": b"{}", "metadata.json": b"{}", "model.weights.h5": HDF5 + data})
    yield "HDF5", HDF5 + bytes(100) + data
    yield "parquet", b"PAR1\x15\x04" + data + b"PAR1"
    yield "JSON, then a pickle", b'{"a": 1}\x00' + data
    yield "tokenizer in a tar", tarred({"tokenizer.json": data})
    yield "npz", zipped({"weights.npy": npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", data)})


def _array_of_bytes(data: bytes) -> bytes:
    return npy(f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({len(data)},), }}\n", data)


def _tensor_that_is_hdf5(data: bytes) -> bytes:
    """A safetensors file whose tensor begins at 512, where HDF5 allows a file to begin."""
    return next(file for n in range(512) if (file := tensor_of_bytes(HDF5 + data, note="x" * n)).index(HDF5) == 512)


def _gzip_with_comment(text: bytes, comment: bytes) -> bytes:
    """A ZIP in a gzip's extra field, whose directory is near enough to the end that readers of ZIP find it."""
    plain = gzip.compress(text)
    return plain[:3] + b"\x04" + plain[4:10] + struct.pack("<H", len(comment)) + comment + plain[10:]


def _tensor_that_is_a_tar(data: bytes) -> bytes:
    """A safetensors file whose first 512 bytes are the header of a member of a tar of the old kind."""
    size = 512 * 4
    spec = {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}
    body = json.dumps({"t": spec, "__metadata__": {"n": ""}}).encode()
    start, end = body[:-3], body[-3:]
    block = bytearray(start.ljust(504, b"0") + end)  # the header of the tensors is the block but for its length
    header = bytearray(struct.pack("<Q", len(block)) + block)[:512]
    header[124:136] = f"{len(data):011o} ".encode()
    header[148:156] = b" " * 8
    header[156:157] = b"0"
    header[148:156] = f"{sum(header):07o} ".encode()
    return bytes(header) + data.ljust(size, b"\x00")


def _lines(protocol: int) -> Iterator[tuple[str, bytes]]:
    """A pickle of protocol 0 behind lines that its reader takes for arguments."""
    data = pickled(protocol)
    long = "x" * 80_000
    for name, line in {
        "text": f"V{long}\n0",
        "quoted text": f"S'{long}'\n0",
        "two long lines": f"V{long}\n0S'{long}'\n0",
        "a number of base 16": "I0x10\n0",
        "a number of base 2": "L0b11\n0",
        "a long number": f"F{'1' * 70_000}\n0",
        "escapes": f"S'{chr(92)}x41{long}'\n0",
        "text of another alphabet": "S'\u00e9'\n0",
        "a stored value": "N" + "p1\n" * 3 + "0",
        "many values": "N0" * 6_000,
        "a number with a fraction": "F1_0.5\n0",
    }.items():
        yield f"pickle behind {name}", line.encode("utf-8") + data


def disguised_pickles() -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for protocol in PROTOCOLS:
        for make in (_arrays, _wrapped):
            found |= {f"{name}, protocol {protocol}": data for name, data in make(protocol)}
    found |= dict(_lines(0))
    return found


def npy_of(array: NDArray[Any]) -> bytes:
    return _saved(lambda file: np.save(file, array))


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    file = io.BytesIO()
    save(file)
    return file.getvalue()


def ordinary_files() -> dict[str, tuple[bytes, str]]:
    """Files as the field's own writers write them, with the format that each is recognised as."""
    rng = np.random.default_rng(7)
    words = "".join(f"token{n}\n" for n in range(5_000)).encode()
    array = rng.normal(size=(30, 7)).astype(np.float32)
    types = ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "c8", "?", "U7", "S3", "M8[s]", ">f4")
    found = {f"array of {name}": (npy_of(np.zeros((3, 2), dtype=name)), "npy") for name in types}
    found |= {
        "array of one number": (npy_of(np.array(3.0)), "npy"),
        "empty array": (npy_of(np.zeros((0, 4))), "npy"),
        "array in Fortran's order": (npy_of(np.asfortranarray(array)), "npy"),
        "npz": (_saved(lambda f: np.savez(f, a=array, b=array)), "npz.zip"),
        "packed npz": (_saved(lambda f: np.savez_compressed(f, a=array)), "npz.zip"),
        "safetensors": (safetensors(), "safetensors"),
        "tensors without any": (tensors({}, b""), "safetensors"),
        "padded header of tensors": (tensors(None, b"", raw=b"{}      "), "safetensors"),
        "tensor of no length": (tensor_of_bytes(b""), "safetensors"),
        "onnx": (onnx(), "onnx"),
        "onnx with its weights next to it": (external(("location", "model.onnx.data"), ("offset", "0")), "onnx"),
        "tar": (tarred({"vocab.txt": words}), "tar"),
        "GNU tar with a long name": (tarred({"a" * 150 + ".txt": words}, tarfile.GNU_FORMAT), "tar"),
        "old tar": (tarred({"vocab.txt": words}, tarfile.USTAR_FORMAT), "tar"),
        "tar of a ZIP": (tarred({"a.zip": zipped({"a.txt": words})}), "tar"),
        "packed tar": (gzip.compress(tarred({"a.json": b"[1]"})), "tar.gz"),
        "ZIP with a comment": (zipped({"a.txt": words}, comment=b"made by hand"), "zip"),
        "ZIP of a ZIP": (zipped({"inner.zip": zipped({"a.txt": words})}, zipfile.ZIP_STORED), "zip"),
        "ZIP written as a stream": (_streamed({"a.txt": words, "b.txt": words}), "zip"),
        "ZIP of nothing": (zipped({}), "zip"),
        "vocabulary": (words, "text"),
        "vocabulary that begins in brackets": (b"[PAD]\n[UNK]\n" + words, "text"),
        "tokenizer.json": (json.dumps({"model": {"vocab": {f"t{n}": n for n in range(9_000)}}}).encode(), "json"),
        "lines of JSON": (b'{"a": 1}\n' * 900, "text"),
        "CSV": (b"a,b\n1,2\n" * 900, "text"),
        "long line": (b"Very long " * 30_000, "text"),
        "formula": (b"x^2 + 1\n", "text"),
        "UTF-8 with a mark": ("\ufeffZürich\n".encode(), "text"),
    }  # fmt: skip
    return found


def _streamed(entries: dict[str, bytes]) -> bytes:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]  # the base takes any buffer
            self.data += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return bytes(pipe.data)
