"""The doorbell: whatever the broker does, the request goes on."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from celery import Celery

from youman.celery import app
from youman.core.runtime import queue


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(5)
        yield server


@pytest.fixture
def strange(listener: socket.socket, settings: Any) -> Iterator[Celery]:
    """Celery as configured, but with another broker and less patience."""
    found = Celery("strange")
    found.config_from_object(settings, namespace="CELERY")
    found.conf["broker_url"] = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
    found.conf.broker_transport_options = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}
    found.set_current()
    yield found
    found.close()
    app.set_current()


def test_a_broker_that_is_there_and_silent_is_not_waited_for(strange: Celery) -> None:
    assert queue.ring_now("humanize.rewrite", "x") is False


def test_a_broker_that_is_away_is_not_waited_for(strange: Celery, listener: socket.socket) -> None:
    listener.close()
    assert queue.ring_now("humanize.rewrite", "x") is False


def test_the_patience_is_bounded_and_longer_than_a_worker_s_poll(settings: Any) -> None:
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["socket_timeout"] == 5
