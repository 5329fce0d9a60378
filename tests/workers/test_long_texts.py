"""A long text survives a worker that dies at any point, and comes out the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from humanize.models import Chunk, Edit, Transformation
from humanize.pipeline import rewrite
from humanize.transformations import create, decisions
from humanize.transformations.row_mapping import edit_from_row
from humanize.transformations.worker import reap
from humanize.validation import check_options
from tests.workers.worker import Worker, wait_until
from youman.core.accounts.lifecycle import create_account
from youman.core.models import Account, WordUsage

pytestmark = pytest.mark.worker
SAMPLES = Path(__file__).resolve().parents[2] / "humanize" / "samples"
LATER = timedelta(minutes=2)


def long_text(parts: int) -> str:
    samples = [path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*.md"))]
    return "\n".join(samples[number % len(samples)].replace("# ", f"# {number} ") for number in range(parts))


@pytest.fixture
def account(transactional_db: None) -> Account:
    return create_account(username="alice", password="a long sentence 1", tier="ENTERPRISE")


def queue_text(account: Account, text: str) -> Transformation:
    ask = create.CreateRequest(text=text, options=check_options(level=5), wait=False)
    return create.create_transformation(account=account, request=ask).row


def done(row: Transformation) -> int:
    return Transformation.objects.values_list("done_chunks", flat=True).get(pk=row.pk)


def when_done(row: Transformation, chunks: int, do: Callable[[], object]) -> Callable[[], bool]:
    """Does it when so many parts are stored, while the row's lock keeps the worker from storing more."""

    def look() -> bool:
        with transaction.atomic():
            now = Transformation.objects.select_for_update().get(pk=row.pk)
            if now.state != "running" or now.done_chunks < chunks:
                return False
            do()
            return True

    return look


def state(row: Transformation) -> str:
    return Transformation.objects.values_list("state", flat=True).get(pk=row.pk)


def test_a_worker_killed_twice_gives_the_result_of_an_uninterrupted_run(
    account: Account, start_worker: Callable[[], Worker]
) -> None:
    text = f"{long_text(160)}\nUse `df[[1]]` and [[leverage it]].\n\n".replace("\n", "\r\n")
    row = queue_text(account, text)
    for chunks_before_the_kill in (0, 3):
        worker = start_worker()
        wait_until(when_done(row, chunks_before_the_kill, worker.kill), worker)
        assert state(row) == "running"
        assert reap(timezone.now() + LATER) == 1
        assert state(row) == "queued"
    last = start_worker()
    wait_until(lambda: state(row) == "completed", last)

    row.refresh_from_db()
    whole = rewrite.rewrite_text(text, check_options(level=5))
    assert row.attempt == 3
    assert (row.source, row.result) == (text, whole.result)
    assert row.result.count("\r\n") == text.count("\r\n") == row.result.count("\n")
    assert row.result.endswith("Use `df[[1]]` and [[leverage it]].\r\n\r\n")
    assert [edit_from_row(edit) for edit in Edit.objects.filter(transformation=row)] == list(whole.edits)
    assert row.similarity == whole.measures.similarity
    assert row.scores is not None
    assert {name: row.scores[name] for name in ("before", "after")} == {
        "before": asdict(whole.before), "after": asdict(whole.after),
    }  # fmt: skip
    assert (row.done_chunks, row.total_chunks) == (Chunk.objects.filter(transformation=row).count(),) * 2


def test_cancel_stops_the_worker_and_resume_goes_on_after_the_last_finished_part(
    account: Account, start_worker: Callable[[], Worker]
) -> None:
    text = long_text(160)
    row = queue_text(account, text)
    worker = start_worker()
    wait_until(when_done(row, 2, lambda: decisions.cancel(account=account, transformation_id=row.pk)), worker)
    assert WordUsage.objects.get(account=account).words == 0
    stopped_at = done(row)
    decisions.resume(account=account, transformation_id=row.pk)
    wait_until(lambda: state(row) == "completed", worker)
    row.refresh_from_db()
    assert row.done_at_claim >= stopped_at >= 2
    assert row.result == rewrite.rewrite_text(text, check_options(level=5)).result
    assert WordUsage.objects.get(account=account).words == row.words
