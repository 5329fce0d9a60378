from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.training.sample_pairs import dataset, enter_some, pair
from training.datasets import export
from training.datasets.freezing import DatasetQuery, freeze
from training.errors import DatasetBroken, EmptyDataset
from training.models import Dataset, DatasetPoint, TrainingDataPoint
from training.pairs.ingest import ingest_pairs
from youman.core.errors import Conflict, InvalidInput

pytestmark = pytest.mark.django_db


def test_a_dataset_is_fixed_by_ids_hashes_and_splits() -> None:
    first = dataset()
    enter_some(10, start=100)
    members = DatasetPoint.objects.filter(dataset=first)
    assert (first.points, members.count()) == (60, 60)
    assert sum(first.counts["split"].values()) == 60
    assert len(first.root) == 64
    again = freeze(name="again", query=DatasetQuery(limit=60), actor="tests")
    more = freeze(name="more", query=DatasetQuery(), actor="tests")
    assert (again.root == first.root, more.root == first.root, more.points) == (True, False, 70)
    splits = dict(members.values_list("point_id", "split"))
    later = dict(DatasetPoint.objects.filter(dataset=more).values_list("point_id", "split"))
    assert all(later[pk] == split for pk, split in splits.items())


@pytest.mark.parametrize("format", ["jsonl", "parquet"])
def test_every_export_has_the_same_bytes(tmp_path: Path, format: str) -> None:
    row = dataset()
    made = [export.export_dataset(row, tmp_path / name, format) for name in ("a", "b")]
    enter_some(5, start=500)
    made.append(export.export_dataset(row, tmp_path / "c", format))
    contents = [[path.read_bytes() for path in paths] for paths in made]
    assert contents[0] == contents[1] == contents[2]
    assert [path.name for path in made[0]][-1] == "README.md"


def test_the_export_has_the_shape_that_datasets_reads(tmp_path: Path) -> None:
    row = dataset()
    export.export_dataset(row, tmp_path)
    lines = (tmp_path / "data" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == row.counts["split"]["train"]
    assert tuple(json.loads(lines[0])) == export.COLUMNS
    ids = [json.loads(line)["id"] for line in lines]
    assert ids == sorted(ids)
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\npretty_name: first\n")
    assert "      - split: train\n        path: data/train.jsonl\n" in card
    assert row.root in card


def test_parquet_has_the_columns_and_types(tmp_path: Path) -> None:
    from pyarrow import parquet

    row = dataset()
    export.export_dataset(row, tmp_path, "parquet")
    table = parquet.read_table(tmp_path / "data" / "train.parquet")
    assert tuple(table.column_names) == export.COLUMNS
    assert table.num_rows == row.counts["split"]["train"]


def test_caps_hold_for_authors_and_clusters() -> None:
    enter_some(20, author="one")
    first = pair(100)
    ingest_pairs([first, replace(first, original=first.original.replace("times", "occasions", 1))], scored=False)
    enter_some(30, start=200)
    row = freeze(name="capped", query=DatasetQuery(per_author=4), actor="tests")
    assert row.points == 4 + 1 + 30


def test_queries_narrow_and_name_their_mistakes() -> None:
    enter_some(30)
    ingest_pairs([replace(pair(number), domain="news") for number in range(50, 90)], scored=True)
    assert freeze(name="news", query=DatasetQuery(domains=("news",), min_quality=0.1), actor="t").points == 40
    with pytest.raises(EmptyDataset, match="matches 0 pairs"):
        freeze(name="none", query=DatasetQuery(languages=("fr",)), actor="t")
    with pytest.raises(Conflict, match="A dataset called news exists already"):
        freeze(name="news", query=DatasetQuery(), actor="t")
    for wrong in (DatasetQuery(source="web"), DatasetQuery(min_quality=2.0), DatasetQuery(per_author=0)):
        with pytest.raises(InvalidInput):
            freeze(name="wrong", query=wrong, actor="t")
    with pytest.raises(InvalidInput, match="letters, digits"):
        freeze(name="../x", query=DatasetQuery(), actor="t")
    assert Dataset.objects.count() == 1


def test_a_changed_or_missing_pair_is_noticed() -> None:
    row = dataset()
    point = TrainingDataPoint.objects.first()
    assert point is not None
    TrainingDataPoint.objects.filter(pk=point.pk).update(humanized="Something else.")
    with pytest.raises(DatasetBroken, match="was deleted or changed"):
        export.write_channels(row)
    DatasetPoint.objects.filter(dataset=row, point_id=point.pk).delete()
    with pytest.raises(DatasetBroken, match="The list of pairs in first was changed"):
        export.check_dataset(row)


def test_channels_are_written_once_and_whole() -> None:
    row = dataset()
    folder = export.write_channels(row)
    lines = {split: len((folder / split / "pairs.jsonl").read_bytes().splitlines()) for split in export.CHANNELS}
    assert {split: count for split, count in lines.items() if count} == row.counts["split"]
    before = (folder / "root").stat().st_mtime_ns
    assert export.write_channels(row) == folder
    assert (folder / "root").stat().st_mtime_ns == before
