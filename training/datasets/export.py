"""Datasets as files: the channels that trainers read, and folders that Hugging Face `datasets` reads.

The bytes depend only on the frozen rows, so a second export gives the same files.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from training.contract import paths
from training.datasets.freezing import root_of
from training.errors import DatasetBroken
from training.models import DataImport, Dataset, DatasetPoint, TrainingDataPoint
from training.models.splits import Split
from training.pairs.minhash import content_hash
from youman.core.errors import InvalidInput

FORMATS = ("jsonl", "parquet")
CHANNELS = (Split.TRAIN, Split.DEV, Split.TEST)
COLUMNS = ("id", "original", "humanized", "strategy", "level", "language", "domain", "quality")
_BATCH = 2_000

Row = dict[str, str | int | float | None]


def rows_of(dataset: Dataset, split: str) -> Iterator[Row]:
    """Yield the pairs of a split in the order of their ids, each checked against its frozen hash.

    Raises DatasetBroken if a pair is missing or was changed.
    """
    members = DatasetPoint.objects.filter(dataset=dataset, split=split).order_by("point_id")
    frozen = list(members.values_list("point_id", "content_hash", "quality"))
    for start in range(0, len(frozen), _BATCH):
        some = frozen[start : start + _BATCH]
        points = TrainingDataPoint.objects.in_bulk([pk for pk, _, _ in some])
        for pk, wanted, quality in some:
            yield _row(points.get(pk), wanted, quality, dataset)


def check_dataset(dataset: Dataset) -> None:
    """Check that no pair was withdrawn and that the frozen list is unchanged. Raises DatasetBroken otherwise."""
    if dataset.withdrawn:
        raise DatasetBroken(f"{dataset.withdrawn} pairs of {dataset.name} were withdrawn; create a new dataset")
    members = DatasetPoint.objects.filter(dataset=dataset).order_by("point_id")
    if root_of(members.values_list("point_id", "content_hash", "split").iterator()) != dataset.root:
        raise DatasetBroken(f"The list of pairs in {dataset.name} was changed; create a new dataset")


def write_channels(dataset: Dataset) -> Path:
    """Return the folder with `train`, `dev` and `test`. It is written once; an incomplete folder is written again.

    Raises DatasetBroken.
    """
    check_dataset(dataset)
    folder = paths.dataset_folder(dataset.pk)
    if not (folder / "root").exists() or (folder / "root").read_text() != dataset.root:
        for channel in CHANNELS:
            _write_jsonl(dataset, channel, folder / channel / "pairs.jsonl")
        _replace(folder / "root", dataset.root.encode())
    return folder


def export_dataset(dataset: Dataset, folder: Path, format: str = "jsonl") -> tuple[Path, ...]:
    """Write `data/<split>.<format>` and README.md, the data card by which `datasets.load_dataset(folder)` finds the
    splits.

    Returns the paths written. Raises InvalidInput for an unknown format and DatasetBroken when pairs were withdrawn.
    """
    if format not in FORMATS:
        raise InvalidInput(f"format must be one of {', '.join(FORMATS)}")
    check_dataset(dataset)
    files = []
    for split in CHANNELS:
        if not dataset.counts["split"].get(split):
            continue
        path = folder / "data" / f"{split}.{format}"
        (_write_jsonl if format == "jsonl" else write_parquet)(dataset, split, path)
        files.append(path)
    _replace(folder / "README.md", data_card(dataset, [path.name for path in files]).encode())
    return (*files, folder / "README.md")


def export_split(dataset: Dataset, split: str, folder: Path, format: str) -> Path:
    """Write one split to a file and return its path. Raises InvalidInput, DatasetBroken."""
    if format not in FORMATS:
        raise InvalidInput(f"format must be one of {', '.join(FORMATS)}")
    check_dataset(dataset)
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
    import pyarrow as pa
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
    """A file that appears under its name only when it is complete."""

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
        raise DatasetBroken(f"A pair of {dataset.name} was deleted or changed; create a new dataset")
    return point_row(point) | {"quality": quality}


def point_row(point: TrainingDataPoint) -> Row:
    """The pair as trainers read it: without the blank lines around a text, which teach nothing about writing."""
    return {
        "id": str(point.pk),
        "original": point.original.strip(),
        "humanized": point.humanized.strip(),
        "strategy": point.strategy,
        "level": point.level,
        "language": point.language,
        "domain": point.domain,
        "quality": point.quality,
    }


def data_card(dataset: Dataset, files: Sequence[str]) -> str:
    """Return the text of README.md. Hugging Face `datasets` finds the splits by its front matter."""
    splits = "".join(f"      - split: {_hf(name)}\n        path: data/{name}\n" for name in files)
    counts = "\n".join(
        f"| {kind} | {value or '–'} | {count:,} |"
        for kind, values in sorted(dataset.counts.items())
        for value, count in sorted(values.items())
    )
    query = "\n".join(f"* `{name}`: {value}" for name, value in sorted(dataset.query.items()))
    return (
        f"---\npretty_name: {dataset.name}\ntask_categories: [text2text-generation]\nconfigs:\n"
        f"  - config_name: default\n    data_files:\n{splits}---\n\n# {dataset.name}\n\n"
        f"{dataset.points:,} pairs of a draft (`original`) and the text that its author kept (`humanized`), "
        f"frozen on {dataset.created_at:%Y-%m-%d}.\n\n* root: `{dataset.root}`\n"
        f"{query}\n\n| | | pairs |\n|---|---|---|\n{counts}\n\n"
        "## Sources\n\n"
        f"{_sources(dataset)}\n\n"
        "## Processing\n\n"
        "E-mail addresses, phone numbers, IBANs, payment cards, IP addresses, national ids, keys and street addresses\n"
        "were replaced by placeholders before storage; names of people were not. Near duplicates share a cluster, and\n"
        "no cluster and no author is in two splits. A hash fixes the splits; they never change.\n"
    )


def _sources(dataset: Dataset) -> str:
    ids = DatasetPoint.objects.filter(dataset=dataset).values("point_id")
    imports = TrainingDataPoint.objects.filter(pk__in=ids).exclude(data_import=None).values("data_import")
    rows = DataImport.objects.filter(pk__in=imports).order_by("name", "id")
    lines = [f"* {row.name}: {row.licence or 'no licence given'}" for row in rows]
    if dataset.counts["source"].get("rewrites"):
        lines.append("* rewrites of accounts that consented to training; withdrawn pairs have been removed")
    return "\n".join(lines)


def _hf(name: str) -> str:
    split = name.partition(".")[0]
    return "validation" if split == "dev" else split
