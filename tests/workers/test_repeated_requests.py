"""One Idempotency-Key makes one text, whatever dies while a vendor answers: the retry finds it and goes on with it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from humanize.models import Transformation
from humanize.transformations import worker
from serving.gateway import snapshot
from serving.models import Deployment
from tests.humanize.deployments import MODELS, deployment, edited, swapped
from tests.services import web
from tests.vendors import KEY_HOSTS, KEY_HOSTS_TEXT, Seen, VendorServer, vendors
from tests.waiting import HANG_S, join
from tests.writers import DRAFT, Writer, writer
from youman.core.models import IdempotencyRecord, WordUsage

pytestmark = [
    pytest.mark.worker,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="the child needs a database of its own"),
]
BODY = {"text": DRAFT, "model": "small"}
WORDS = len(DRAFT.split())


@pytest.fixture
def wire(transactional_db: None, settings: Settings) -> Iterator[VendorServer]:
    settings.PROVIDER_KEYS = {"openai": "k1"}
    settings.PRIVATE_ENDPOINTS = ["127.0.0.1"]
    settings.PROVIDER_KEY_HOSTS = KEY_HOSTS
    Deployment.objects.all().delete()
    with vendors() as server:
        server.answer = edited
        deployment("small", server.url(MODELS["small"][0]))
        yield server
    snapshot.clear_cache()


@pytest.fixture
def bea(wire: VendorServer) -> Writer:
    return writer("bea")


def ask(address: str, bea: Writer, key: str = "k") -> httpx.Response:
    headers = {"Authorization": f"Bearer {bea.key}", "Idempotency-Key": key}
    return httpx.post(f"{address}/api/v1/transformations", json=BODY, headers=headers, timeout=HANG_S)


def held(wire: VendorServer) -> tuple[threading.Event, Callable[[Seen], str]]:
    """An answer that comes when the server is let go, and the news that it was asked for."""
    asked = threading.Event()

    def answer(seen: Seen) -> str:
        asked.set()
        wire.release.wait(HANG_S)
        return edited(seen)

    return asked, answer


def assert_one_text(pk: str) -> None:
    assert [str(row.pk) for row in Transformation.objects.all()] == [pk]
    assert IdempotencyRecord.objects.get().made_id == pk
    assert WordUsage.objects.get().words == WORDS


def running(log: Path) -> AbstractContextManager[web.WebServer]:
    return web.killable(log, OPENAI_API_KEY="k1", PRIVATE_ENDPOINTS="127.0.0.1", PROVIDER_KEY_HOSTS=KEY_HOSTS_TEXT)


def test_while_the_first_waits_for_its_answer_the_second_finds_its_text(
    wire: VendorServer, bea: Writer, tmp_path: Path
) -> None:
    asked, wire.answer = held(wire)
    first: list[httpx.Response] = []
    with running(tmp_path / "web") as server:
        thread = threading.Thread(target=lambda: first.append(ask(server.address, bea)))
        thread.start()
        assert asked.wait(HANG_S)
        second = ask(server.address, bea)
        wire.release.set()
        join(thread)
        third = ask(server.address, bea)
    assert (second.status_code, second.json()["state"]) == (202, "running")
    assert (first[0].status_code, third.status_code) == (201, 201)
    assert first[0].json() == third.json()
    assert second.json()["id"] == third.json()["id"]
    assert (len(wire.seen), third.headers["Idempotency-Replayed"]) == (1, "true")
    assert_one_text(third.json()["id"])


@pytest.mark.deep
def test_a_web_process_killed_at_that_moment_leaves_the_text_to_a_worker_and_the_key_to_the_retry(
    wire: VendorServer, bea: Writer, tmp_path: Path
) -> None:
    asked, wire.answer = held(wire)
    failures: list[type[Exception]] = []

    def first(address: str) -> None:
        try:
            ask(address, bea)
        except httpx.TransportError as error:
            failures.append(type(error))

    with running(tmp_path / "first") as server:
        thread = threading.Thread(target=first, args=(server.address,))
        thread.start()
        assert asked.wait(HANG_S)
        server.kill()
        join(thread)
    wire.answer = edited
    with running(tmp_path / "second") as server:
        at_once = ask(server.address, bea)
        assert worker.reap(timezone.now() + timedelta(minutes=2)) == 1
        worker.run(Transformation.objects.get().pk)
        later = ask(server.address, bea)
    assert len(failures) == 1
    assert (at_once.status_code, at_once.json()["state"]) == (202, "running")
    assert (later.status_code, later.json()["id"]) == (201, at_once.json()["id"])
    assert later.json()["result"] == swapped(DRAFT)
    assert_one_text(later.json()["id"])


@pytest.mark.deep
def test_a_database_that_cuts_every_connection_at_that_moment_costs_neither_text_nor_words(
    wire: VendorServer, bea: Writer, tmp_path: Path
) -> None:
    def answer(seen: Seen) -> str:
        if len(wire.seen) == 1:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            connection.close()
        return edited(seen)

    wire.answer = answer
    connection.close()  # the test's own would be cut too
    with running(tmp_path / "web") as server:
        first = ask(server.address, bea)
        if first.status_code == 202:
            worker.reap(timezone.now() + timedelta(minutes=2))
            worker.run(Transformation.objects.get().pk)
        second = ask(server.address, bea)
    assert first.status_code in {201, 202}
    assert (second.status_code, second.json()["id"]) == (201, first.json()["id"])
    assert_one_text(first.json()["id"])
