"""Waiting rows are not enqueued again while their message is in the queue; lost messages are."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery import current_app
from django.utils import timezone

from humanize.models import Transformation
from humanize.transformations import create, worker
from humanize.validation import check_options
from tests.writers import writer
from youman.core.runtime import queue, redis

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.attack("starting")]
LATER = timedelta(seconds=31)


@pytest.fixture
def rows() -> list[Transformation]:
    """A hundred texts that wait, each with its message."""
    alice = writer("alice", "ENTERPRISE").account
    request = create.CreateRequest(text="This is a text.", options=check_options(level=1), wait=False)
    return [create.create_transformation(account=alice, request=request).row for _ in range(100)]


@pytest.mark.parametrize("sweeps", [1, 2, 7, 20])
def test_a_hundred_waiting_rows_keep_a_hundred_messages(rows: list[Transformation], sweeps: int) -> None:
    for number in range(1, sweeps + 1):
        assert worker.sweep(timezone.now() + number * LATER) == 0
    assert queue.depth("long") == 100


@pytest.mark.parametrize("lost", [1, 40, 100])
def test_lost_messages_are_sent_again_and_no_others(rows: list[Transformation], lost: int) -> None:
    client = redis.client()
    for _ in range(lost):
        client.rpop("long")
    assert worker.sweep(timezone.now() + LATER) == lost
    assert worker.sweep(timezone.now() + 2 * LATER) == 0
    assert queue.depth("long") == 100


def test_a_message_of_another_task_about_the_same_row_does_not_count() -> None:
    queue.enqueue_now("humanize.vendor_batches", "one")
    assert queue.enqueue_missing("humanize.rewrite", ["one"], lambda row: True) == 1
    assert queue.enqueue_missing("humanize.rewrite", ["one"], lambda row: True) == 0


def test_a_row_that_no_longer_waits_is_not_enqueued() -> None:
    assert queue.enqueue_missing("humanize.rewrite", ["one", "two"], lambda row: row == "two") == 1
    assert queue.depth("long") == 1


def test_messages_of_thousands_of_other_rows_are_read_in_pages() -> None:
    template = "x" * 10
    for number in range(2_050):
        redis.client().lpush("long", f'{{"headers": {{"task": "humanize.rewrite", "youman-subject": "{number}"}}}}')
    rows = ["0", "1000", "2049", template]
    assert queue.enqueue_missing("humanize.rewrite", rows, lambda row: True) == 1


def test_messages_without_a_subject_are_no_obstacle() -> None:
    current_app.send_task("humanize.rewrite", args=("one",))
    assert queue.enqueue_missing("humanize.rewrite", ["one"], lambda row: True) == 1
