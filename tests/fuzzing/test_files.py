"""Mutations of valid files of every format that any door reads: each is read, or refused with a plain sentence."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from django.contrib.auth.models import User

from humanize.samples import __path__ as samples
from humanize.uploads.extract import decode
from humanize.uploads.word_process import word_text
from registry.artifacts.content_check import inspect
from registry.models import RegisteredModel
from registry.transfer import bundle, signing
from tests.fuzzing.mutations import mutated_archive, mutated_bytes, mutated_json
from tests.humanize.uploads.word_files import (
    cell,
    field,
    item,
    note,
    paragraph,
    row,
    run,
    styled,
    table,
    text_box,
    word,
)
from tests.registry.artifacts.disguises import external, npy_of, tarred, tensor_of_bytes, zipped
from tests.registry.conftest import artifact_folder, model, published, root  # noqa: F401  # fixtures
from training.pairs.file_rows import read_rows
from training.pairs.privacy import scrub
from training.pairs.validation import InvalidRow, parse_pair
from youman.core.errors import YoumanError

pytestmark = [pytest.mark.attack("file_fuzz"), pytest.mark.fuzz]
ROUNDS = 2_500

PAIR = {"original": "It is important to note that it works.", "humanized": "It works.", "rating": 4, "language": "en"}
LINES = "\n".join(json.dumps(PAIR | {"id": number}) for number in range(9)).encode()
CSV = b"original,humanized,rating\n" + b'"It is a test, of sorts.","A test.",4\n' * 9
DOCUMENT = word(
    styled("berschrift1", run("Title")) + paragraph(run("a ", "<w:b/>") + note(1) + field("HYPERLINK x", run("b")))
    + item(run("one"), 2) + table(row(cell(paragraph(run("c"))))) + paragraph(text_box(paragraph(run("d")))),
    footnotes={1: paragraph(run("n"))},
    links={"r9": "http://x.example"},
)  # fmt: skip


def parquet() -> bytes:
    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({name: [value] * 9 for name, value in PAIR.items()}), file)
    return file.getvalue()


def npz() -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, a=np.arange(9.0), b=np.zeros((2, 2)))
    return file.getvalue()


def artifact(data: bytes) -> object:
    return inspect(io.BytesIO(data), "model.bin")


def rows(name: str) -> Callable[[bytes], object]:
    def read(data: bytes) -> list[object]:
        found: list[object] = []
        for one in read_rows(io.BytesIO(data), name):
            if one.fields is not None:
                try:
                    pair = parse_pair(one.fields)
                except InvalidRow:
                    continue
                found.append(scrub(pair.original, pair.humanized))
        return found

    return read


SAMPLE = (Path(samples[0]) / "remote-work.md").read_bytes()
DOORS: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "docx": (DOCUMENT, word_text),
    "txt": (SAMPLE, lambda data: decode(data, "a.txt")),
    "txt in UTF-16": (SAMPLE.decode().encode("utf-16"), lambda data: decode(data, "a.txt")),
    "csv": (CSV, rows("pairs.csv")),
    "jsonl": (LINES, rows("pairs.jsonl")),
    "json": (json.dumps([PAIR] * 9).encode(), rows("pairs.json")),
    "parquet": (parquet(), rows("pairs.parquet")),
    "npy": (npy_of(np.arange(12.0).reshape(3, 4)), artifact),
    "npz": (npz(), artifact),
    "safetensors": (tensor_of_bytes(b"abcd" * 9, note="n"), artifact),
    "onnx": (external(("location", "model.data"), ("offset", "0")), artifact),
    "tokenizer": (json.dumps({"model": {"vocab": {f"t{n}": n for n in range(50)}}}).encode(), artifact),
    "zip": (zipped({"a.json": b"{}", "b/vocab.txt": b"a\nb\n", "c.zip": zipped({"d.txt": b"x"})}), artifact),
    "tar": (tarred({"a.json": b"{}", "b/vocab.txt": b"a\nb\n"}), artifact),
    "tar.gz": (gzip.compress(tarred({"a.json": b"{}", "vocab.txt": b"a\nb\n"})), artifact),
}
ARCHIVED = ("docx", "npz", "zip")


@pytest.mark.parametrize("door", DOORS)
def test_a_file_with_changed_bytes_is_read_or_refused(door: str) -> None:
    data, read = DOORS[door]
    refused = sum(_is_refused(read, mutated_bytes(data, seed)) for seed in range(ROUNDS))
    assert refused < ROUNDS


@pytest.mark.parametrize("door", ARCHIVED)
def test_an_archive_with_a_changed_entry_is_read_or_refused(door: str) -> None:
    data, read = DOORS[door]
    refused = sum(_is_refused(read, mutated_archive(data, seed)) for seed in range(ROUNDS))
    assert 0 < refused < ROUNDS


def _is_refused(read: Callable[[bytes], object], data: bytes) -> bool:
    try:
        read(data)
    except YoumanError as error:
        found = error
    else:
        return False
    assert found.status < 500
    assert found.detail
    return True


@pytest.fixture
def archive(model: RegisteredModel, tmp_path: Path) -> dict[str, bytes]:  # noqa: F811  # the fixture
    """The entries of an archive of a version."""
    data = b"".join(bundle.outgoing_archive(published(model, tmp_path)).pieces)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def imported(entries: dict[str, bytes], actor: User, *, dry_run: bool) -> Callable[[bytes], object]:
    return lambda data: bundle.import_version(file=io.BytesIO(data), actor=actor, name="copy", dry_run=dry_run)


@pytest.mark.django_db
def test_an_archive_of_a_version_with_changed_bytes(archive: dict[str, bytes], root: User) -> None:  # noqa: F811
    data = zipped(archive, zipfile.ZIP_STORED)
    read = imported(archive, root, dry_run=True)
    for seed in range(ROUNDS):
        _is_refused(read, mutated_bytes(data, seed))
        _is_refused(read, mutated_archive(data, seed))


@pytest.mark.django_db
def test_an_archive_of_a_version_with_a_signed_but_odd_manifest(archive: dict[str, bytes], root: User) -> None:  # noqa: F811
    manifest = json.loads(archive["manifest.json"])
    for seed in range(ROUNDS):
        odd = json.dumps(mutated_json(manifest, seed)).encode()
        signature = {"public_key": signing.public_key(), "signature": signing.sign(odd)}
        entries = archive | {"manifest.json": odd, "signature.json": json.dumps(signature).encode()}
        _is_refused(imported(entries, root, dry_run=seed % 2 == 0), zipped(entries, zipfile.ZIP_STORED))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "signature",
    [b"[" * 100_000, b'{"a":' * 100_000, b"\xff", b"null", b'{"signature": 1e999}', b'{"signature": "\\ud800"}'],
)
def test_a_signature_of_odd_json_is_refused(archive: dict[str, bytes], root: User, signature: bytes) -> None:  # noqa: F811
    data = zipped(archive | {"signature.json": signature}, zipfile.ZIP_STORED)
    assert _is_refused(imported(archive, root, dry_run=True), data)
