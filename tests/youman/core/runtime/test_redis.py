"""A Redis that accepts and never answers costs one short wait, and then none until it is asked again."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from tests.services import valkey
from tests.services.ports import free_port
from youman.core.runtime import queue, redis

pytestmark = pytest.mark.attack("starting")


@pytest.fixture(autouse=True)
def own_client(settings: Any) -> Iterator[None]:
    """The client of this process is made anew from the test's REDIS_URL, and again afterwards."""
    redis._client.cache_clear()
    yield
    redis._client.cache_clear()


@pytest.fixture
def silent(settings: Any) -> Iterator[socket.socket]:
    """Takes connections and says nothing."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(50)
        server.setblocking(False)
        settings.REDIS_URL = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        yield server


def connections(server: socket.socket) -> int:
    count = 0
    while True:
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


def test_a_silent_server_is_asked_once_for_many_commands(silent: socket.socket) -> None:
    with pytest.raises(RedisTimeoutError):
        redis.client().get("a")
    for _ in range(50):
        with pytest.raises(RedisConnectionError, match="a moment ago"):
            redis.client().get("a")
    assert connections(silent) == 1


def test_pipelines_and_scripts_use_the_same_circuit(silent: socket.socket) -> None:
    with pytest.raises(RedisTimeoutError):
        redis.client().get("a")
    pipe = redis.client().pipeline()
    pipe.incr("a")
    with pytest.raises(RedisConnectionError, match="a moment ago"):
        pipe.execute()
    with pytest.raises(RedisConnectionError, match="a moment ago"):
        redis.client().register_script("return 1")()
    assert connections(silent) == 1


def test_enqueuing_does_not_ask_a_silent_broker_again(silent: socket.socket) -> None:
    assert [queue.enqueue_now("humanize.rewrite", "x") for _ in range(5)] == [False] * 5
    assert connections(silent) == 1


def test_when_the_pause_is_over_one_caller_asks_for_all(silent: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1_000.0]
    monkeypatch.setattr("youman.core.runtime.redis.time.monotonic", lambda: clock[0])
    circuit = redis.Circuit()

    def ask() -> str:
        try:
            with circuit.watch():
                raise RedisTimeoutError("silent")
        except RedisError as error:
            return type(error).__name__

    assert (ask(), ask()) == ("TimeoutError", "ConnectionError")
    clock[0] += redis.AWAY_S
    with circuit.watch():
        assert ask() == "ConnectionError"
    assert ask() == "TimeoutError"


@pytest.mark.parametrize("on_port", [False, True])
def test_a_server_that_was_restarted_is_used_again_by_the_next_command(settings: Any, on_port: bool) -> None:
    with valkey.server(on_port=on_port) as server:
        settings.REDIS_URL = server.url
        redis.client().set("a", "1")
        server.stop()
        server.start()
        assert redis.client().get("a") == b"1"


def test_an_error_that_the_server_answers_does_not_open_the_circuit(settings: Any) -> None:
    with valkey.server() as server:
        settings.REDIS_URL = server.url
        redis.client().set("a", "text")
        with pytest.raises(RedisError, match="not an integer"):
            redis.client().incr("a")
        assert redis.client().get("a") == b"text"


def test_a_server_that_is_away_is_not_waited_for_and_comes_back(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    with pytest.raises(RedisConnectionError, match="refused"):
        redis.client().get("a")
    with pytest.raises(RedisConnectionError, match="a moment ago"):
        redis.client().get("a")
