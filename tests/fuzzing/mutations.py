"""Mutations of valid files: of their bytes, and of what lies in their archives and their JSON. All by a fixed seed."""

# ruff: noqa: E501  # lists of odd values read worse over more lines

from __future__ import annotations

import io
import json
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

_EDGES = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 2**63 - 1, 2**63, 2**64 - 1]
_WORDS = [
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"{", b"[" * 5_000, b'"', b"<a>", b"&x;",
    b"\\ud800", b"\\u0000", b"NaN", b"-1", b"1e999", b"9" * 5_000, b"../", b"\r\n", b"\x93NUMPY", b"\x80\x04.", b"\xed\xa0\x80",
]  # fmt: skip
_VALUES: list[Any] = [
    None, True, -1, 0, 10**30, 1.5, float("inf"), "", "x" * 3_000, "\x00", "\ud800", "../x", "=1", [], [[]], {}, {"": None},
    [None] * 50, "2026-99-99", "9999-12-31T23:59:59Z", [["a", "b", "c"]], {"a": {"a": {"a": []}}},
]  # fmt: skip


def mutated_bytes(data: bytes, seed: int) -> bytes:
    """Change a file in one to four places: bytes, numbers, cuts, repeats, insertions."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(_BYTES)(data, chance) if data else chance.choice(_WORDS)
    return data


def _flip(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def _number(data: bytes, chance: random.Random) -> bytes:
    kind = chance.choice("BHIQ")
    value = chance.choice(_EDGES) & ((1 << (8 * struct.calcsize(kind))) - 1)
    at = chance.randrange(len(data))
    return data[:at] + struct.pack(f"<{kind}", value) + data[at + struct.calcsize(kind) :]


def _cut(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[min(len(data), start + chance.randint(1, 1 + len(data) // 3)) :]


def _repeat(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start : start + 200] * chance.randint(2, 30) + data[start:]


def _insert(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.choice(_WORDS) + data[at:]


_BYTES: list[Callable[[bytes, random.Random], bytes]] = [_flip, _number, _cut, _repeat, _insert]


def mutated_archive(data: bytes, seed: int) -> bytes:
    """Change one entry of a ZIP, or its name, and pack all of it properly, so that the change reaches its reader."""
    chance = random.Random(seed)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        entries = [(name, old.read(name)) for name in old.namelist()]
        chosen = chance.randrange(len(entries))
        name, content = entries[chosen]
        if chance.random() < 0.15:
            entries[chosen] = (chance.choice(["a", "A", "../a", "/a", "a/", "", "a" * 300, "\u202e"]), content)
        else:
            entries[chosen] = (name, mutated_bytes(content, seed))
        for name, content in entries:
            new.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


def mutated_json(value: object, seed: int) -> object:
    """Replace, remove or nest one value somewhere in an object."""
    chance = random.Random(seed)
    copy = json.loads(json.dumps(value))
    holder, key = chance.choice(list(_places(copy)))
    action = chance.random()
    if action < 0.15:
        del holder[key]
    elif action < 0.25:
        holder[key] = _nested(holder[key], chance.choice([3, 200]))
    else:
        holder[key] = chance.choice(_VALUES)
    return copy


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from _places(value[key])


def _nested(value: object, depth: int) -> object:
    for _ in range(depth):
        value = [value]
    return value
