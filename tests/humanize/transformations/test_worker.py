from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from humanize.models import Chunk, Edit, Transformation
from humanize.pipeline import rewrite
from humanize.transformations import worker
from humanize.transformations.row_mapping import edit_from_row
from humanize.validation import check_options
from tests.writers import DRAFT, Writer
from youman.core.models import WordUsage

pytestmark = pytest.mark.django_db
TEXT = "\n\n".join([DRAFT * 10] * 20)
STALE = timedelta(seconds=31)


@pytest.fixture
def row(alice: Writer) -> Transformation:
    body = alice.post("transformations", {"text": TEXT, "wait": False, "level": 4}).body
    return Transformation.objects.get(pk=body["id"])


def test_the_worker_gives_what_the_request_would_have_given(alice: Writer, row: Transformation) -> None:
    worker.run(row.pk)
    row.refresh_from_db()
    whole = rewrite.rewrite_text(TEXT, check_options(level=4))
    assert (row.state, row.attempt, row.result) == ("completed", 1, whole.result)
    assert [edit_from_row(edit) for edit in Edit.objects.filter(transformation=row)] == list(whole.edits)
    assert row.total_chunks == row.done_chunks == Chunk.objects.count() == 3
    assert Chunk.objects.exclude(result="").count() == 0
    waited = alice.post("transformations", {"text": TEXT, "wait": True, "level": 4}).body
    read = alice.get(f"transformations/{row.pk}").body
    same = ("result", "scores", "similarity", "share_changed", "warnings", "edit_count", "route")
    assert {key: read[key] for key in same} == {key: waited[key] for key in same}


def test_a_row_that_is_running_or_over_is_not_run_again(row: Transformation) -> None:
    worker.run(row.pk)
    worker.run(row.pk)
    row.refresh_from_db()
    assert row.attempt == 1


def test_a_worker_that_lost_the_row_writes_nothing(row: Transformation, monkeypatch: pytest.MonkeyPatch) -> None:
    stretch = rewrite.rewrite_stretch
    calls: list[int] = []

    def overtaken(*args: object, **options: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            assert worker.reap(timezone.now() + STALE) == 1
        return stretch(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(rewrite, "rewrite_stretch", overtaken)
    worker.run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.done_chunks, row.recoveries) == ("queued", 1, 1)
    assert Chunk.objects.filter(state="done").count() == 1
    worker.run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempt, row.done_at_claim, row.recoveries) == ("completed", 2, 1, 0)
    assert len(calls) == 4
    assert row.result == rewrite.rewrite_text(TEXT, check_options(level=4)).result


def test_a_silent_worker_is_given_three_more_and_then_the_row_fails_and_the_words_come_back(
    row: Transformation,
) -> None:
    ended = []
    for _ in range(4):
        assert worker._claim(row.pk) is not None
        assert worker.reap(timezone.now() + STALE) == 1
        row.refresh_from_db()
        ended.append(row.state)
    assert ended == ["queued", "queued", "queued", "failed"]
    assert row.error_code == "worker_lost"
    assert "stopped 4 times" in row.error_detail
    assert WordUsage.objects.get().words == 0


def test_a_worker_that_beats_is_left_alone(row: Transformation) -> None:
    assert worker._claim(row.pk) is not None
    assert worker.reap(timezone.now() + timedelta(seconds=29)) == 0
    row.refresh_from_db()
    assert row.state == "running"


def test_the_sweep_rings_only_for_rows_that_have_waited(row: Transformation) -> None:
    assert worker.sweep(timezone.now()) == 0
    later = timezone.now() + timedelta(seconds=31)
    assert worker.sweep(later) == 1
    assert worker.sweep(later) == 0


def test_a_deleted_row_is_not_an_error_for_its_worker(row: Transformation) -> None:
    pk = row.pk
    row.delete()
    worker.run(pk)
    assert Transformation.objects.count() == 0
