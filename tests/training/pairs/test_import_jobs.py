"""Imports are jobs: all or nothing, followed, cancelled, taken over and rolled back."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from registry.artifacts import storage
from tests.training.pairs.test_file_import import jsonl, row, take
from training.datasets.freezing import eligible_points
from training.models import DataImport, PointCount, TrainingDataPoint
from training.pairs import file_import
from training.pairs.file_rows import read_rows
from youman.core.errors import Conflict

pytestmark = pytest.mark.django_db
COUNT = 2_500
LATER = timedelta(minutes=3)


def lines(count: int = COUNT) -> bytes:
    return jsonl(*({"original": f"{row(n)['original']} {n}", "humanized": row(n)["humanized"]} for n in range(count)))


def queued(data: bytes, partial: bool = False) -> DataImport:
    order = file_import.ImportRequest("pairs.jsonl", scored=False, partial=partial)
    return file_import.queue_import(file=io.BytesIO(data), request=order, actor="tests")


def state(one: DataImport) -> tuple[str, int, int]:
    one.refresh_from_db()
    return one.state, one.lines, one.accepted


def counted() -> int:
    return sum(PointCount.objects.filter(dimension="all").values_list("count", flat=True))


BAD = [
    b"{}",
    b"not json",
    b'{"original": "x"}',
    b'{"original": "a", "humanized": 3}',
    b"[]",
    b'{"original":"a","humanized":"b","level":9}',
]


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_one_bad_line_keeps_the_whole_file_out_unless_asked_otherwise(bad: bytes, place: str) -> None:
    good = jsonl(row(0), row(1)).split(b"\n")
    at = {"first": 0, "middle": 1, "last": 2}[place]
    data = b"\n".join([*good[:at], bad, *good[at:]])
    done = take(data)
    assert (done.state, done.accepted, done.refused, done.report[0]["line"]) == ("failed", 0, 1, at + 1)
    assert "1 of 3 lines cannot be imported" in done.error
    assert (TrainingDataPoint.objects.count(), counted()) == (0, 0)
    assert take(data, partial=True).accepted == 2


def test_a_queued_import_runs_to_its_end_and_its_file_is_gone() -> None:
    one = queued(lines())
    assert state(one) == ("queued", 0, 0)
    file_import.run_import(one.pk)
    assert state(one) == ("completed", COUNT, COUNT)
    assert storage.store().size(one.key) is None
    file_import.run_import(one.pk)  # a second message
    assert TrainingDataPoint.objects.count() == counted() == COUNT


@pytest.mark.parametrize("killed_after", [0, 1, 2])
def test_a_killed_import_goes_on_after_its_last_batch_and_is_used_only_when_complete(killed_after: int) -> None:
    one = queued(lines())
    work = file_import._Work(_claimed(one), io.BytesIO(lines()), None)
    work._check_lines()
    batches = [json.loads(line) for line in lines().split(b"\n")]
    rows = list(read_rows(io.BytesIO(lines())))
    for number in range(killed_after):
        work._take(rows[1_000 * number : 1_000 * (number + 1)], 1_000 * (number + 1))
    assert len(batches) == COUNT
    assert eligible_points().count() == 0
    assert file_import.reap(timezone.now() + LATER) == 1
    assert state(one)[:2] == ("queued", 1_000 * killed_after)
    file_import.run_import(one.pk)
    assert state(one) == ("completed", COUNT, COUNT)
    assert TrainingDataPoint.objects.count() == counted() == COUNT
    assert eligible_points().count() > 0
    with pytest.raises(file_import._Lost):  # the first worker comes back to life
        work._take(rows[:1], 1)


def _claimed(one: DataImport) -> DataImport:
    found = file_import._claim(one.pk)
    assert found is not None
    return found


def test_an_import_that_kills_every_worker_is_rolled_back() -> None:
    one = queued(lines())
    for _ in range(file_import.MAX_RECOVERIES + 1):
        work = file_import._Work(_claimed(one), io.BytesIO(lines()), None)
        work._check_lines()
        file_import.reap(timezone.now() + LATER)
    file_import.run_import(one.pk)
    one.refresh_from_db()
    assert (one.state, one.error[:23]) == ("failed", "The worker stopped seve")
    assert TrainingDataPoint.objects.count() == counted() == 0


def test_a_command_that_was_killed_leaves_nothing() -> None:
    one = file_import._row(file_import.ImportRequest("pairs", scored=False), "t", "jsonl")
    one.heartbeat_at = timezone.now()
    one.save()
    work = file_import._Work(_claimed(one), io.BytesIO(lines()), None)
    work._check_lines()
    work._take(list(read_rows(io.BytesIO(lines())))[:1_000], 1_000)
    assert counted() == 1_000
    file_import.reap(timezone.now() + LATER)
    file_import.run_import(one.pk)
    assert state(one) == ("failed", 1_000, 0)
    assert TrainingDataPoint.objects.count() == counted() == 0


def test_cancelling_stops_before_and_within_an_import() -> None:
    one, two = queued(lines(3)), queued(lines(2))
    file_import.cancel_import(row=one, actor="t")
    assert state(one)[0] == "cancelled"
    file_import.run_import(one.pk)
    claimed = _claimed(two)
    file_import.cancel_import(row=two, actor="t")
    file_import._Work(claimed, io.BytesIO(lines(2)), None).run()
    assert (state(two)[0], TrainingDataPoint.objects.count(), counted()) == ("cancelled", 0, 0)
    with pytest.raises(Conflict):
        file_import.cancel_import(row=two, actor="t")


def test_one_import_runs_at_a_time_and_the_sweep_brings_the_next() -> None:
    one, two = queued(lines(3)), queued(lines(3))
    claimed = _claimed(one)
    file_import.run_import(two.pk)
    assert state(two)[0] == "queued"
    file_import._Work(claimed, io.BytesIO(lines(3)), None).run()
    file_import.run_import(two.pk)
    two.refresh_from_db()
    assert (two.state, two.accepted, two.duplicates) == ("completed", 0, 3)


def test_an_empty_file_and_one_of_bad_lines_alone_fail() -> None:
    assert take(b"\n\n", format="jsonl").error == "The file holds no pairs"
    assert take(b"{}\n{}\n", partial=True).state == "failed"
