"""Enqueuing: whatever the broker does, the request goes on."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery

from tests.services.ports import free_port
from youman.celery import app
from youman.core.runtime import queue


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Takes connections and says nothing."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        server.setblocking(False)
        yield server


@pytest.fixture
def other_broker(settings: Any) -> Iterator[Celery]:
    """Celery as configured, but with another broker and less patience."""
    found = Celery("other")
    found.config_from_object(settings, namespace="CELERY")
    quick = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}
    found.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS | quick
    found.set_current()
    yield found
    found.close()
    app.set_current()


def connections(listener: socket.socket) -> int:
    """How many have been made until now."""
    count = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


def test_a_broker_that_is_there_and_silent_is_asked_once(other_broker: Celery, listener: socket.socket) -> None:
    other_broker.conf["broker_url"] = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
    assert queue.enqueue_now("humanize.rewrite", "x") is False
    assert connections(listener) == 1


def test_a_broker_that_is_away_is_not_waited_for(other_broker: Celery, monkeypatch: pytest.MonkeyPatch) -> None:
    other_broker.conf["broker_url"] = f"redis://127.0.0.1:{free_port()}/0"
    pauses: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", pauses.append)
    assert queue.enqueue_now("humanize.rewrite", "x") is False
    assert pauses == []


def test_the_patience_is_bounded_and_longer_than_a_worker_s_poll(settings: Any) -> None:
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["socket_timeout"] == 5
