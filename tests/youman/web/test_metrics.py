"""/metrics: everything is seen, nobody without the token sees it, and no label grows without bound."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from humanize.models import Transformation
from humanize.transformations import create
from humanize.validation import check_options
from tests.humanize.deployments import deployment
from tests.writers import Writer, writer
from youman.core.runtime import heartbeats, metrics, redis

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.attack("seen")]
TOKEN = "a-token-of-the-scraper"


@pytest.fixture(autouse=True)
def token(settings: Any) -> Iterator[None]:
    settings.METRICS_TOKEN = TOKEN
    yield
    redis._client.cache_clear()


@pytest.fixture
def alice(token: None) -> Writer:
    return writer("alice", "ENTERPRISE")


def scrape(client: Client) -> str:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return answer.content.decode()


def value(text: str, name: str, **labels: str) -> float | None:
    """The value of the sample with exactly these labels."""
    for line in text.splitlines():
        found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if found and found[1] == name and dict(re.findall(r'(\w+)="([^"]*)"', found[2] or "")) == labels:
            return float(found[3])
    return None


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer wrong",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        "Bearer \u00e9",
    ],
)
def test_nobody_reads_the_metrics_without_the_token(client: Client, header: str) -> None:
    answer = client.get("/metrics", headers={"Authorization": header.encode().decode("latin-1")})
    assert (answer.status_code, b"youman" in answer.content.replace(b"urn:youman", b"")) == (401, False)


def test_without_a_token_in_the_settings_there_is_no_such_page(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "name",
    ["youman_requests_total", "youman_request_seconds_bucket", "youman_part_up", "youman_waiting_rows",
     "youman_oldest_waiting_seconds", "youman_queue_messages", "youman_heartbeat_age_seconds", "youman_training_jobs",
     "youman_breaker_closed", "youman_database_connections"],
)  # fmt: skip
def test_each_kind_of_metric_is_there(client: Client, alice: Writer, name: str) -> None:
    if name == "youman_database_connections" and connection.vendor != "postgresql":
        pytest.skip("SQLite has no pool")
    if name == "youman_database_connections":
        metrics._pool.labels("open").set(1)  # the tests' own connection is not pooled
    deployment("small")
    alice.get("transformations")
    assert re.search(rf"^{name}\b", scrape(client), re.MULTILINE)


def test_requests_are_counted_by_the_pattern_of_their_address(client: Client, alice: Writer) -> None:
    def count() -> float:
        return value(scrape(client), "youman_requests_total", method="GET", route=route, status="404") or 0.0

    route = "api/v1/transformations/<uuid:transformation_id>"
    row = Transformation._meta.pk.get_default()  # an id of no row
    before = count()
    alice.get(f"transformations/{row}")
    assert count() == before + 1
    assert str(row) not in scrape(client)


@pytest.mark.parametrize("method", ["BREW", "PROPFIND", "X" * 50, "get"])
def test_odd_methods_and_addresses_make_no_new_labels(client: Client, method: str) -> None:
    client.generic(method, f"/nowhere/{method}")
    text = scrape(client)
    assert f'"{method}"' not in text
    assert f"/nowhere/{method}" not in text
    assert value(text, "youman_requests_total", method="other", route="unknown", status="404")


def test_a_label_has_at_most_two_hundred_values() -> None:
    values = {metrics._bounded("test", str(number)) for number in range(1_000)}
    assert len(values) == 201
    assert metrics._bounded("test", "999") == "other"
    assert metrics._bounded("test", "7") == "7"


def test_calls_have_outcome_latency_and_cost(client: Client) -> None:
    metrics.note_call(deployment="test-model", outcome="ok", seconds=0.2, dollars=0.25)
    metrics.note_call(deployment="test-model", outcome="timeout", seconds=60, dollars=0)
    text = scrape(client)
    assert value(text, "youman_calls_total", deployment="test-model", outcome="ok") == 1
    assert value(text, "youman_calls_total", deployment="test-model", outcome="timeout") == 1
    assert value(text, "youman_call_cost_dollars_total", deployment="test-model") == 0.25
    assert value(text, "youman_call_seconds_count", deployment="test-model") == 2


@pytest.mark.parametrize("minutes", [1, 10, 600])
def test_the_age_of_the_oldest_waiting_text_is_seen(client: Client, alice: Writer, minutes: int) -> None:
    request = create.CreateRequest(text="This is a text.", options=check_options(level=1), wait=False)
    create.create_transformation(account=alice.account, request=request)
    Transformation.objects.update(enqueued_at=timezone.now() - timedelta(minutes=minutes))
    text = scrape(client)
    assert value(text, "youman_waiting_rows", kind="texts") == 1
    assert round((value(text, "youman_oldest_waiting_seconds", kind="texts") or 0) / 60) == minutes
    assert value(text, "youman_queue_messages", queue="long") == 1
    assert value(text, "youman_part_up", part="waiting") == (minutes <= 5)


@pytest.mark.parametrize("queue", ["default", "long", "reaper", "trainer", "uploads", "webhooks", "beat"])
def test_a_silent_process_is_seen(client: Client, queue: str) -> None:
    heartbeats.send(heartbeats.expected())
    assert value(scrape(client), "youman_part_up", part="processes") == 1
    redis.client().delete("youman:heartbeats")
    heartbeats.send(set(heartbeats.expected()) - {queue})
    text = scrape(client)
    assert value(text, "youman_part_up", part="processes") == 0
    assert value(text, "youman_heartbeat_age_seconds", queue=queue) == float("inf")


def test_without_redis_the_rest_is_still_there(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    redis._client.cache_clear()
    text = scrape(client)
    assert value(text, "youman_part_up", part="redis") == 0
    assert value(text, "youman_part_up", part="database") == 1


def test_no_personal_data_is_in_the_metrics(client: Client, alice: Writer) -> None:
    alice.post("transformations", {"text": "My name is Zebedee Quux."})
    text = scrape(client)
    assert not re.search(r"alice|Zebedee|ym_|127\.0\.0\.1", text)
