from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import wraps

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection
from django.test import AsyncClient

from tests.training.sample_pairs import job
from tests.writers import PASSWORD, Writer, streamed, writer
from training.api import streams
from training.jobs.supervisor import supervise
from training.models import TrainingJob
from youman.core.accounts.lifecycle import create_account

pytestmark = pytest.mark.django_db(transaction=True)


def in_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    @wraps(test)
    def run(*args: object, **options: object) -> None:
        async_to_sync(test)(*args, **options)

    return run


def staff() -> Writer:
    create_account(username="root", password=PASSWORD, tier="ENTERPRISE", staff=True)
    return writer("alice", "ENTERPRISE")


def work(row: TrainingJob) -> None:
    supervise(row.pk)
    connection.close()


async def signed_in(name: str) -> AsyncClient:
    client = AsyncClient()
    assert await client.alogin(username=name, password=PASSWORD)
    return client


def parsed(event: bytes) -> tuple[str, dict[str, object]]:
    fields = dict(line.split(": ", 1) for line in event.decode().strip().splitlines())
    return fields["event"], json.loads(fields["data"])


@in_loop
async def test_a_running_job_is_seen_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "POLL_S", 0.02)
    alice = await sync_to_async(staff)()
    row = await sync_to_async(job)(alice, steps=10)
    client = await signed_in("root")
    response = await client.get(f"/api/v1/training-jobs/{row.pk}/stream")
    assert (response.status_code, response["Content-Type"]) == (200, "text/event-stream")
    worker: asyncio.Task[None] | None = None
    seen = []
    async for event in streamed(response):
        seen.append(parsed(event))
        worker = worker or asyncio.create_task(asyncio.to_thread(work, row))
    assert worker is not None
    await worker
    assert seen[-1] == ("done", {"state": "completed", "produced_version": "toy/1"})
    kinds = [data["kind"] for name, data in seen if name == "event"]
    assert kinds == ["created", "queued", "started", "gate", "completed"]
    assert any("starting at step 0" in str(data["lines"]) for name, data in seen if name == "log")
    last = [data for name, data in seen if name == "progress"][-1]
    assert (last["state"], last["summary"]) == ("completed", "Produced toy/1")


@in_loop
async def test_strangers_nobody_and_stray_keys_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    alice = await sync_to_async(staff)()
    row = await sync_to_async(job)(alice, steps=1)
    path = f"/api/v1/training-jobs/{row.pk}/stream"
    answers = [
        await (await signed_in("alice")).get(path),
        await AsyncClient().get(path),
        await AsyncClient().get(path, headers={"Authorization": f"Bearer {alice.key}"}),
        await (await signed_in("root")).get("/api/v1/training-jobs/0190d0c0-0000-7000-8000-000000000000/stream"),
    ]
    assert [answer.status_code for answer in answers] == [403, 401, 403, 404]
