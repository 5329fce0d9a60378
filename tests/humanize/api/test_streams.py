from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import wraps

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection
from django.test import AsyncClient, Client

from humanize.api import streams
from humanize.models import Transformation
from humanize.transformations import create, worker
from humanize.validation import check_options
from tests.writers import PASSWORD, Writer, streamed, writer

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "\n\n".join(["Dogs bark at night because they hear more than we do. " * 40] * 20)


def in_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Runs an async test so that database work stays in this thread, as Django's handlers have it."""

    @wraps(test)
    def run(*args: object, **options: object) -> None:
        async_to_sync(test)(*args, **options)

    return run


def work(row: Transformation) -> None:
    worker.run(row.pk)
    connection.close()  # this thread's own


def queue_text(owner: Writer) -> Transformation:
    ask = create.CreateRequest(text=TEXT, options=check_options(), wait=False)
    return create.create_transformation(account=owner.account, request=ask).row


async def signed_in(name: str) -> AsyncClient:
    client = AsyncClient()
    assert await client.alogin(username=name, password=PASSWORD)
    return client


def parsed(event: bytes) -> tuple[str, dict[str, object]]:
    fields = dict(line.split(": ", 1) for line in event.decode().strip().splitlines())
    return fields["event"], json.loads(fields["data"])


async def events_of(response: object) -> AsyncIterator[tuple[str, dict[str, object]]]:
    async for event in streamed(response):
        yield parsed(event)


@in_loop
async def test_a_session_sees_progress_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "POLL_S", 0.01)
    alice = await sync_to_async(writer)("alice", "ENTERPRISE")
    row = await sync_to_async(queue_text)(alice)
    client = await signed_in("alice")
    response = await client.get(f"/api/v1/transformations/{row.pk}/stream", headers={"Last-Event-ID": "3"})
    assert (response.status_code, response["Content-Type"]) == (200, "text/event-stream")
    worker: asyncio.Task[None] | None = None
    seen = []
    async for name, data in events_of(response):
        seen.append((name, data["state"]))
        worker = worker or asyncio.create_task(asyncio.to_thread(work, row))
    assert worker is not None
    await worker
    assert seen[0] == ("progress", "queued")
    assert seen[-2:] == [("progress", "completed"), ("done", "completed")]


@in_loop
async def test_a_finished_one_ends_at_once_and_a_key_opens_it_too() -> None:
    alice = await sync_to_async(writer)("alice", "ENTERPRISE")
    made = await sync_to_async(alice.post)("transformations", {"text": "hi"})
    path = f"/api/v1/transformations/{made.body['id']}/stream"
    response = await AsyncClient().get(path, headers={"Authorization": f"Bearer {alice.key}"})
    found = [event async for event in events_of(response)]
    progress = {"done_chunks": 0, "total_chunks": 0, "percent": 100, "eta_s": None}
    assert found == [
        ("progress", {"state": "completed", "progress": progress}),
        ("done", {"state": "completed"}),
    ]


@in_loop
async def test_a_stranger_a_stray_key_and_nobody_are_refused() -> None:
    alice = await sync_to_async(writer)("alice")
    await sync_to_async(writer)("charlie")
    made = await sync_to_async(alice.post)("transformations", {"text": "hi"})
    path = f"/api/v1/transformations/{made.body['id']}/stream"
    answers = [
        await (await signed_in("charlie")).get(path),
        await AsyncClient().get(path, headers={"Authorization": "Bearer ym_x"}),
        await AsyncClient().get(path),
    ]
    assert [answer.status_code for answer in answers] == [404, 401, 401]
    assert {answer["Content-Type"] for answer in answers} == {"application/problem+json"}


@in_loop
async def test_a_deleted_row_ends_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "POLL_S", 0.01)
    alice = await sync_to_async(writer)("alice", "ENTERPRISE")
    row = await sync_to_async(queue_text)(alice)
    client = await signed_in("alice")
    seen = []
    async for event in events_of(await client.get(f"/api/v1/transformations/{row.pk}/stream")):
        seen.append(event)
        await Transformation.objects.filter(pk=row.pk).adelete()
    assert seen[-1] == ("done", {"state": "deleted"})


@in_loop
async def test_a_quiet_stream_sends_heartbeats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "POLL_S", 0.01)
    monkeypatch.setattr(streams, "HEARTBEAT_S", 0.03)
    alice = await sync_to_async(writer)("alice", "ENTERPRISE")
    row = await sync_to_async(queue_text)(alice)
    response = await (await signed_in("alice")).get(f"/api/v1/transformations/{row.pk}/stream")
    stream_of = streamed(response)
    first, second = await anext(stream_of), await anext(stream_of)
    assert parsed(first)[0] == "progress"
    assert second == b": still here\n\n"


@pytest.mark.parametrize("method", ["post", "put", "delete", "options", "head"])
def test_a_method_that_is_not_for_progress_is_refused_as_a_problem(client: Client, method: str) -> None:
    found = getattr(client, method)("/api/v1/transformations/00000000-0000-7000-8000-000000000000/stream")
    assert (found.status_code, found["Content-Type"], found["Allow"]) == (405, "application/problem+json", "GET")
