"""`manage.py doctor` names what is wrong with an installation, one line each, and never ends with a traceback."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from humanize.models import Transformation
from humanize.transformations import create
from humanize.validation import check_options
from serving.deployments import provider_keys
from serving.gateway import snapshot
from serving.models import Budget, BudgetPeriod, Deployment
from tests.humanize.deployments import deployment
from tests.writers import PASSWORD, writer
from youman.core.accounts.lifecycle import create_account
from youman.core.models import Webhook
from youman.core.runtime import heartbeats, redis
from youman.core.security import crypto

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.attack("seen")]


@pytest.fixture(autouse=True)
def healthy(settings: Any) -> Iterator[None]:
    settings.PROVIDER_KEYS = {"openai": "k1", "anthropic": "k2", "google": "k3"}
    settings.PRIVATE_ENDPOINTS = ["127.0.0.1"]
    heartbeats.send(heartbeats.expected())
    yield
    redis._client.cache_clear()


def doctor() -> str:
    """What it prints, and at the end why it failed, if it did."""
    out = io.StringIO()
    snapshot.clear_cache()
    try:
        call_command("doctor", stdout=out, no_color=True)
    except CommandError as error:
        return f"{out.getvalue()}{error}"
    return out.getvalue()


def budget(scope: str, subject: str, money: str = "1", span: str = "day") -> Budget:
    return Budget.objects.create(scope=scope, subject=subject, span=span, money=Decimal(money))


def spend(row: Budget, money: str) -> None:
    today = timezone.now().date()
    start = today if row.span == "day" else today.replace(day=1)
    BudgetPeriod.objects.create(budget=row, start=start, money_spent=Decimal(money))


def test_a_healthy_installation_has_every_part_in_order() -> None:
    lines = doctor().splitlines()
    parts = ["database", "migrations", "redis", "disk", "processes", "waiting", "store"]
    assert [line for line in lines if not line.startswith("note")] == [f"ok   {name}" for name in parts]


@pytest.mark.parametrize("queue", ["default", "long", "reaper", "trainer", "uploads", "webhooks"])
def test_a_queue_that_nobody_serves_is_named(queue: str) -> None:
    redis.client().delete("youman:heartbeats")
    heartbeats.send(set(heartbeats.expected()) - {queue})
    assert f"BAD  processes: no worker serves the queue {queue}; start it as in the Procfile" in doctor()


@pytest.mark.parametrize("seconds", [40, 3_000])
def test_beat_that_has_gone_silent_is_named_with_the_time_of_its_silence(
    monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    redis.client().delete("youman:heartbeats")
    heartbeats.send(set(heartbeats.expected()) - {"beat"})
    now = time.time()
    monkeypatch.setattr("youman.core.runtime.heartbeats.time.time", lambda: now - seconds)
    heartbeats.send(["beat"])
    assert f"beat does not run (last seen {seconds} s ago)" in doctor()


def test_texts_that_wait_for_long_are_named() -> None:
    request = create.CreateRequest(text="This is a text.", options=check_options(level=1), wait=False)
    create.create_transformation(account=writer("alice", "ENTERPRISE").account, request=request)
    Transformation.objects.update(enqueued_at=timezone.now() - timedelta(minutes=20))
    assert "BAD  waiting: 1 texts, the oldest for 20 min; start more workers for them" in doctor()


@pytest.mark.parametrize("url", ["https://other.example", "http://10.9.8.7:8000", "https://youman.example.evil", "x"])
def test_the_installation_s_own_host_refused_is_named(settings: Any, url: str) -> None:
    settings.SITE_URL = url
    found = doctor()
    assert "youman.E006" in found
    assert "is refused Add it to ALLOWED_HOSTS, or correct SITE_URL" in found


@pytest.mark.parametrize("makes", ["key", "webhook", "both"])
def test_a_wrong_keyring_is_a_line_and_no_traceback(settings: Any, makes: str) -> None:
    settings.PROVIDER_KEYS = {}
    if makes != "webhook":
        deployment("small")
        provider_keys.store_key(owner="openai", secret="sk-live-4f9d2c7b1e8a6053-zz9", actor="tests")
    if makes != "key":
        Webhook.objects.create(url="https://hooks.example/x", events=[], secret=crypto.encrypt("whsec_x"))
    settings.KEYRING = ["another key, which has never encrypted anything"]
    found = doctor()
    assert ("serving.E011: KEYRING does not decrypt the provider keys of openai" in found) == (makes != "webhook")
    assert ("youman.E007: KEYRING does not decrypt the secrets of 1 of 1 webhooks" in found) == (makes != "key")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: budget("deployment", "large"), "limits nothing: it is not in use, or its calls cost nothing"),
        (lambda: budget("tier", "FREE"), "limits nothing: no paid deployment in use is open to this tier"),
        (lambda: spend(budget("tier", "BASIC"), "1"), "The budget of the tier 'BASIC' per day is used up"),
        (lambda: spend(budget("deployment", "small", span="month"), "2"), "'small' per month is used up"),
    ],
)
def test_dead_budgets_are_named(make: Callable[[], object], says: str) -> None:
    deployment("small")
    large = deployment("large")
    Deployment.objects.filter(pk=large.pk).update(state="draining")
    make()
    assert says in doctor()


def test_living_budgets_are_not() -> None:
    deployment("small")
    spend(budget("tier", "BASIC"), "0.5")
    spend(budget("deployment", "small"), "0.99")
    assert "budget" not in doctor()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"endpoint": "http://10.0.0.1/v1"}, "small cannot be called. 10.0.0.1 is not a public address"),
        ({"endpoint": "http://169.254.169.254/"}, "small cannot be called. 169.254.169.254 is not a public address"),
        ({"endpoint": "http://nowhere.invalid/v1"}, "small cannot be called. nowhere.invalid cannot be resolved"),
        ({"backend": "no_such"}, "small uses the backend 'no_such', which does not exist"),
    ],
)
def test_deployments_that_cannot_be_called_are_named(options: dict[str, str], says: str) -> None:
    deployment("small", **options)
    assert says in doctor()


def test_deployments_without_a_key_are_named_together(settings: Any) -> None:
    settings.PROVIDER_KEYS = {}
    for number in range(7):
        deployment("small", name=f"small-{number}")
    listed = "small-0, small-1, small-2, small-3, small-4 and 2 more cannot be called. There is no key for openai"
    found = doctor()
    assert listed in found, found


def test_the_first_page_of_the_admin_shows_the_same(client: Client) -> None:
    redis.client().delete("youman:heartbeats")
    client.force_login(create_account(username="stan", password=PASSWORD, staff=True).user)
    page = client.get("/admin/").content.decode()
    assert "no worker serves the queue long" in page
    assert "Waiting texts" in page


def test_doctor_without_redis_names_it_and_goes_on(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    redis._client.cache_clear()
    found = doctor()
    assert "BAD  redis: does not answer" in found
    assert "ok   store" in found
