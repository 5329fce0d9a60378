"""Servers that start, whose master is killed, whose database is busy or away."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psycopg
import pytest

from benchmarks.hardening.starts import answers_after_start, false_unavailable
from benchmarks.support.servers import private_installation, run_inside
from tests.house_rules.source import ROOT
from tests.services import postgres, valkey
from tests.services.ports import free_port, wait_for
from tests.services.web import WebServer
from tests.waiting import HANG_S, wait_until
from youman.core.accounts import scopes
from youman.core.runtime import child_process

pytestmark = [pytest.mark.deep, pytest.mark.attack("starting")]
LONGEST_S = 2.0  # what is defended here is a time: without the circuit a request waits for two to four seconds
READS = ("transformations", "deployments", "registered-models", "documents", "account", "training-jobs")


def test_no_request_right_after_a_start_hears_that_the_database_is_away() -> None:
    assert false_unavailable() == (0, 300)


@pytest.mark.parametrize(("clients", "requests"), [(40, 80)])
def test_every_request_right_after_a_start_is_answered(clients: int, requests: int) -> None:
    assert set(answers_after_start(clients, requests)) == {200, 201}


@pytest.mark.parametrize("workers", [2, 3])
def test_the_port_is_free_after_the_master_was_killed(tmp_path: Path, workers: int) -> None:
    environment = os.environ | {"YOUMAN_VAR": str(tmp_path), "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    port, log = free_port(), tmp_path / "log"
    command = [sys.executable, "-m", "uvicorn", "youman.asgi:application", "--port", str(port), "--workers"]
    with log.open("wb") as output:
        master = child_process.spawn([*command, str(workers)], env=environment, cwd=ROOT, output=output.fileno())
    try:
        wait_until(lambda: b"200" in _livez(port), given_up=lambda: None if master.poll() is None else log.read_text())
        os.kill(master.pid, signal.SIGKILL)  # and not its group
        master.wait()
        wait_until(lambda: _is_free(port))
    finally:
        with suppress(ProcessLookupError):
            os.killpg(master.pid, signal.SIGKILL)


def _livez(port: int) -> bytes:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=HANG_S) as wire:
            wire.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return wire.recv(64)
    except OSError:
        return b""


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


class House:
    """A server with one worker on a PostgreSQL and a Redis of its own, which may be stopped and frozen."""

    def __init__(self, web: WebServer, database: postgres.Postgres, redis: valkey.Valkey, key: str) -> None:
        self.web, self.database, self.redis, self._key = web, database, redis, key

    def call(self, method: str, path: str, body: bytes = b"", timeout: float = HANG_S) -> tuple[int, str, bytes]:
        """Return status, content type and body. Raises TimeoutError."""
        wire = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=timeout)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        wire.request(method, path, body or None, headers)
        answer = wire.getresponse()
        try:
            return answer.status, answer.headers["Content-Type"], answer.read()
        finally:
            wire.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with ExitStack() as stack:
        database = stack.enter_context(postgres.server())
        redis = stack.enter_context(valkey.server(on_port=True))
        places = {"DATABASE_URL": database.url, "REDIS_URL": redis.url}
        environment = private_installation(stack, DATABASE_POOL="2", **places)
        key = run_inside(environment, "benchmarks.support.inside.key", *scopes.ALL)[-1]
        log, port = tmp_path_factory.mktemp("house") / "log", free_port()
        command = [sys.executable, "-m", "uvicorn", "youman.asgi:application", "--port", str(port)]
        with log.open("wb") as output:
            child = child_process.spawn(command, env=environment, cwd=ROOT, output=output.fileno())
        stack.callback(child_process.stop, child, grace_s=5)
        wait_for(port, child, log)
        yield House(WebServer(child, port, log), database, redis, key)


@pytest.mark.parametrize("path", READS)
def test_a_silent_redis_costs_a_reader_little(house: House, path: str) -> None:
    house.redis.freeze()
    try:
        for _ in range(2):  # the first may find out, and the second knows
            assert house.call("GET", f"/api/v1/{path}", timeout=LONGEST_S)[0] == 200
    finally:
        house.redis.thaw()


@pytest.mark.parametrize("wait", [True, False])
def test_a_silent_redis_costs_a_writer_little(house: House, wait: bool) -> None:
    body = json.dumps({"text": "It is important to note this.", "wait": wait}).encode()
    house.redis.freeze()
    try:
        assert house.call("POST", "/api/v1/transformations", body, timeout=LONGEST_S)[0] == (201 if wait else 202)
    finally:
        house.redis.thaw()


@pytest.mark.parametrize("path", READS)
def test_a_database_whose_connections_are_all_in_use_is_not_called_away(house: House, path: str) -> None:
    with psycopg.connect(house.database.url) as blocking:
        blocking.execute("LOCK TABLE core_apikey, core_account IN ACCESS EXCLUSIVE MODE")
        waiting = [_begin(house, path) for _ in range(3)]  # two of them hold both connections
        blocking.execute("SELECT pg_sleep(6)")  # longer than the pool's own timeout
        blocking.rollback()
    assert [_status(one) for one in waiting] == [200, 200, 200]


def _begin(house: House, path: str) -> http.client.HTTPConnection:
    wire = http.client.HTTPConnection("127.0.0.1", house.web.port, timeout=HANG_S)
    wire.request("GET", f"/api/v1/{path}", headers={"Authorization": f"Bearer {house._key}"})
    return wire


def _status(wire: http.client.HTTPConnection) -> int:
    status = wire.getresponse().status
    wire.close()
    return status


UPLOADS = (
    ("PUT", "/api/v1/model-versions/0190a0b0-0000-7000-8000-000000000000/artifacts/model/a.bin"),
    ("PUT", "/api/v1/uploads/0190a0b0-0000-7000-8000-000000000000/parts/1"),
    ("POST", "/api/v1/model-archives"),
    ("GET", "/api/v1/transformations"),
)


@pytest.mark.parametrize(("method", "path"), UPLOADS)
def test_without_a_database_every_route_answers_problem_json(house: House, method: str, path: str) -> None:
    house.database.stop()
    try:
        status, kind, body = house.call(method, path, b"x" * 100)
    finally:
        house.database.start()
    assert (status, kind) == (503, "application/problem+json")
    assert json.loads(body)["code"] == "unavailable"
    wait_until(lambda: house.call("GET", "/api/v1/account")[0] == 200)
