"""/readyz: 503 only if a required part is away; each part has its state and since when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from tests.services import valkey
from tests.services.ports import free_port
from youman.core.runtime import health, redis

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.attack("readiness")]
MIGRATIONS = [
    ("core", "0001_initial"),
    ("registry", "0001_initial"),
    ("serving", "0001_initial"),
    ("humanization", "0001_initial"),
    ("training", "0001_initial"),
    ("django_celery_beat", "0001_initial"),
    ("auth", "0001_initial"),
    ("sessions", "0001_initial"),
]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    health._seen.clear()
    yield
    redis._client.cache_clear()


def use_redis(settings: Any, url: str) -> None:
    settings.REDIS_URL = url
    redis._client.cache_clear()


def ready(client: Client) -> tuple[int, str, dict[str, str]]:
    answer = client.get("/readyz")
    body = answer.json()
    return answer.status_code, body["status"], {name: part["state"] for name, part in body["parts"].items()}


GOOD = {"database": "ok", "migrations": "ok", "redis": "ok", "disk": "ok"}


def test_everything_there_is_ok(client: Client) -> None:
    assert ready(client) == (200, "ok", GOOD)


def test_each_part_says_whether_it_is_required_and_since_when_it_is_so(client: Client) -> None:
    parts = client.get("/readyz").json()["parts"]
    required = {name: part["required"] for name, part in parts.items()}
    assert required == {"database": True, "migrations": True, "redis": False, "disk": False}
    assert all(datetime.fromisoformat(part["since"]).tzinfo is not None for part in parts.values())
    assert client.get("/readyz").json()["parts"] == parts


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:{}/0", "redis://localhost:{}/3", "unix:///nowhere/{}", "redis://nowhere.invalid:{}/0"]
)
def test_without_redis_the_server_is_degraded_and_ready(client: Client, settings: Any, url: str) -> None:
    use_redis(settings, url.format(free_port()))
    assert ready(client) == (200, "degraded", GOOD | {"redis": "unavailable"})


@pytest.mark.parametrize("how", ["kill", "stop", "freeze"])
def test_a_redis_that_blinks_changes_the_state_and_its_time_but_not_readiness(
    client: Client, settings: Any, how: str
) -> None:
    with valkey.server(on_port=True) as server:
        use_redis(settings, server.url)
        assert ready(client)[:2] == (200, "ok")
        getattr(server, how)()
        assert ready(client)[:2] == (200, "degraded")
        server.thaw() if how == "freeze" else server.start()
        redis._client.cache_clear()
        assert ready(client)[:2] == (200, "ok")


@pytest.mark.parametrize(("app", "name"), MIGRATIONS)
def test_a_pending_migration_means_not_ready(client: Client, app: str, name: str) -> None:
    recorder = MigrationRecorder(connections["default"])
    recorder.record_unapplied(app, name)
    try:
        assert ready(client) == (503, "unavailable", GOOD | {"migrations": "unavailable"})
        detail = client.get("/readyz").json()["parts"]["migrations"]["detail"]
        assert detail == "1 not applied; run `manage.py migrate`"
    finally:
        recorder.record_applied(app, name)
    assert ready(client)[:2] == (200, "ok")


def test_a_full_disk_is_named_and_does_not_stop_reading(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_LEAST_FREE_BYTES", 2**80)
    assert ready(client) == (200, "degraded", GOOD | {"disk": "unavailable"})


@pytest.mark.parametrize("host", ["10.1.2.3:8000", "pod-7.internal", "[fd00::7]:8000"])
def test_probes_may_call_by_any_name(client: Client, host: str) -> None:
    assert client.get("/readyz", headers={"Host": host}).status_code == 200


def test_a_database_that_is_away_means_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    wrapper = connections["default"]
    if wrapper.vendor != "postgresql":
        pytest.skip("a file is never away")
    monkeypatch.setitem(wrapper.settings_dict, "HOST", "/nowhere")
    monkeypatch.setitem(connections.settings["default"], "HOST", "/nowhere")
    status, overall, states = ready(client)
    assert (status, overall) == (503, "unavailable")
    assert (states["database"], states["redis"]) == ("unavailable", "ok")
