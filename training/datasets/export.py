"""Datasets as files: the channels that trainers read, and folders that Hugging Face `datasets` reads.

The bytes depend on the frozen rows alone, so that exporting again gives the same files.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from uuid import UUID

from training.contract import paths
from training.datasets.data_card import data_card
from training.datasets.freezing import root_of
from training.errors import DatasetBroken
from training.models import Dataset, DatasetPoint, TrainingDataPoint
from training.models.splits import Split
from training.pairs.minhash import content_hash
from youman.core.errors import InvalidInput

FORMATS = ("jsonl", "parquet")
CHANNELS = (Split.TRAIN, Split.DEV, Split.TEST)
COLUMNS = ("id", "original", "humanized", "strategy", "level", "language", "domain", "quality")
_BATCH = 2_000

Row = dict[str, str | int | float | None]


def rows_of(dataset: Dataset, split: str) -> Iterator[Row]:
    """The pairs of a split in the order of their ids, each checked against its frozen hash. Raises DatasetBroken."""
    members = DatasetPoint.objects.filter(dataset=dataset, split=split).order_by("point_id")
    frozen = list(members.values_list("point_id", "content_hash", "quality"))
    for start in range(0, len(frozen), _BATCH):
        some = frozen[start : start + _BATCH]
        points = TrainingDataPoint.objects.in_bulk([pk for pk, _, _ in some])
        for pk, wanted, quality in some:
            yield _row(points.get(pk), wanted, quality, dataset)


def check(dataset: Dataset) -> None:
    """Raises DatasetBroken when points are gone or the frozen list itself was changed."""
    if dataset.withdrawn:
        raise DatasetBroken(f"{dataset.withdrawn} pairs of {dataset.name} were withdrawn; make a new dataset")
    members = DatasetPoint.objects.filter(dataset=dataset).order_by("point_id")
    if root_of(members.values_list("point_id", "content_hash", "split").iterator()) != dataset.root:
        raise DatasetBroken(f"The list of {dataset.name} is not the one that was frozen; make a new dataset")


def write_channels(dataset: Dataset) -> Path:
    """The folder with `train`, `dev` and `test`, written once; half a folder is never taken for a whole one."""
    check(dataset)
    folder = paths.dataset_folder(dataset.pk)
    if not (folder / "root").exists() or (folder / "root").read_text() != dataset.root:
        for channel in CHANNELS:
            _write_jsonl(dataset, channel, folder / channel / "pairs.jsonl")
        _replace(folder / "root", dataset.root.encode())
    return folder


def export_dataset(dataset: Dataset, folder: Path, format: str = "jsonl") -> tuple[Path, ...]:
    """`data/<split>.<format>` and README.md, the data card that names the files for `datasets.load_dataset(folder)`."""
    if format not in FORMATS:
        raise InvalidInput(f"format must be one of {', '.join(FORMATS)}")
    check(dataset)
    made = []
    for split in CHANNELS:
        if not dataset.counts["split"].get(split):
            continue
        path = folder / "data" / f"{split}.{format}"
        (_write_jsonl if format == "jsonl" else write_parquet)(dataset, split, path)
        made.append(path)
    _replace(folder / "README.md", data_card(dataset, [path.name for path in made]).encode())
    return (*made, folder / "README.md")


def export_split(dataset: Dataset, split: str, folder: Path, format: str) -> Path:
    """One split as a file. Raises InvalidInput, DatasetBroken."""
    if format not in FORMATS:
        raise InvalidInput(f"format must be one of {', '.join(FORMATS)}")
    check(dataset)
    path = folder / f"{split}.{format}"
    (_write_jsonl if format == "jsonl" else write_parquet)(dataset, split, path)
    return path


def json_line(row: Row) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _write_jsonl(dataset: Dataset, split: str, path: Path) -> None:
    with _whole_file(path) as file:
        for row in rows_of(dataset, split):
            file.write(json_line(row))


def write_parquet(dataset: Dataset, split: str, path: Path) -> None:
    import pyarrow as pa  # type: ignore[import-untyped]
    from pyarrow import parquet

    kinds = {"level": pa.int8(), "quality": pa.float64()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in COLUMNS])
    with _whole_file(path) as file, parquet.ParquetWriter(file, schema) as writer:
        batch: list[Row] = []
        for row in rows_of(dataset, split):
            batch.append(row)
            if len(batch) == _BATCH:
                writer.write_batch(pa.RecordBatch.from_pylist(batch, schema))
                batch = []
        writer.write_batch(pa.RecordBatch.from_pylist(batch, schema))


class _whole_file:  # noqa: N801  # used as a function
    """A file that appears when it is complete, or not at all."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        descriptor, self._name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        self._file = os.fdopen(descriptor, "wb")

    def __enter__(self) -> IO[bytes]:
        return self._file

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        self._file.close()
        if kind is None:
            os.replace(self._name, self._path)
        else:
            os.unlink(self._name)


def _replace(path: Path, data: bytes) -> None:
    with _whole_file(path) as file:
        file.write(data)


def _row(point: TrainingDataPoint | None, wanted: str, quality: float | None, dataset: Dataset) -> Row:
    if point is None or content_hash(point.original, point.humanized) != wanted:
        raise DatasetBroken(f"A pair of {dataset.name} is gone or was changed; make a new dataset")
    return point_row(point) | {"quality": quality}


def point_row(point: TrainingDataPoint) -> Row:
    return {
        "id": str(point.pk),
        "original": point.original,
        "humanized": point.humanized,
        "strategy": point.strategy,
        "level": point.level,
        "language": point.language,
        "domain": point.domain,
        "quality": point.quality,
    }


def ids_of(dataset: Dataset) -> Iterator[UUID]:
    return DatasetPoint.objects.filter(dataset=dataset).values_list("point_id", flat=True).iterator()
