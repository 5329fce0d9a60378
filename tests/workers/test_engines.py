"""A text that goes to a vendor in parts survives a worker that dies: what was stored is not asked for again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from humanize.models import Chunk, Edit, Transformation
from humanize.transformations import create, worker
from humanize.validation import check_options
from serving.gateway import snapshot
from serving.models import Deployment, Invocation
from tests.humanize.deployments import MODELS, deployment, edited, swapped
from tests.vendors import KEY_HOSTS, KEY_HOSTS_TEXT, Seen, VendorServer, vendors
from tests.waiting import HANG_S
from tests.workers.worker import Worker, wait_until
from tests.writers import DRAFT
from youman.core.accounts.lifecycle import create_account

pytestmark = pytest.mark.worker
PARTS = 12
TEXT = "\n\n".join(f"Paragraph number {n} stands here. {DRAFT}" for n in range(20 * PARTS))


@pytest.fixture
def wire(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[VendorServer]:
    monkeypatch.setenv("OPENAI_API_KEY", "k1")
    monkeypatch.setenv("PRIVATE_ENDPOINTS", "127.0.0.1")
    monkeypatch.setenv("PROVIDER_KEY_HOSTS", KEY_HOSTS_TEXT)
    Deployment.objects.all().delete()
    with vendors() as server:
        server.answer = answers_some(server)
        yield server
    snapshot.clear_cache()


def answers_some(server: VendorServer) -> Callable[[Seen], str]:
    """Answers five parts, and the others only when the server is let go: who is killed is killed among its calls."""

    def answer(seen: Seen) -> str:
        if len(server.seen) > 5:
            server.release.wait(HANG_S)
        return edited(seen)

    return answer


def read(row: Transformation) -> Transformation:
    return Transformation.objects.get(pk=row.pk)


@pytest.mark.deep
def test_a_worker_killed_among_its_calls_leaves_what_was_stored_and_the_next_one_goes_on(
    wire: VendorServer, start_worker: Callable[[], Worker], settings: object
) -> None:
    settings.PROVIDER_KEYS = {"openai": "k1"}  # type: ignore[attr-defined]
    settings.PROVIDER_KEY_HOSTS = KEY_HOSTS  # type: ignore[attr-defined]
    deployment("small", wire.url(MODELS["small"][0]))
    account = create_account(username="bea", password="a long sentence 1", tier="BASIC")
    ask = create.CreateRequest(text=TEXT, options=check_options(level=3), wait=False)
    row = create.create_transformation(account=account, request=ask).row
    first = start_worker()
    wait_until(lambda: read(row).done_chunks >= 3, first)
    first.kill()
    wire.release.set()
    stored = set(Chunk.objects.filter(state="done").values_list("number", flat=True))
    assert read(row).state == "running"
    assert len(stored) >= 3
    assert worker.reap(timezone.now() + timedelta(minutes=2)) == 1
    wire.seen.clear()
    second = start_worker()
    wait_until(lambda: read(row).state == "completed", second)
    row = read(row)
    assert row.attempt == 2
    assert row.result == "\n\n".join(f"Paragraph number {n} stands here. {swapped(DRAFT)}" for n in range(20 * PARTS))
    assert len(wire.seen) == row.total_chunks - len(stored)
    assert Edit.objects.filter(transformation=row).count() == row.edit_count == 4 * 20 * PARTS
    calls = Invocation.objects.filter(transformation=row.pk)
    assert set(calls.values_list("chunk", flat=True)) == set(range(row.total_chunks))
    assert row.cost == sum(call.cost for call in calls)
