"""Who wants which events, and what an announcement costs."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from pytest_django import DjangoAssertNumQueries

from registry.events import ModelRegistered, VersionReady
from tests.receiver import Receiver, outbox
from tests.waiting import HANG_S, wait_until
from youman.core.database.ids import new_id
from youman.core.errors import InvalidInput, UnsafeAddress
from youman.core.events import webhooks
from youman.core.events.outbox import announce
from youman.core.events.webhooks import create_webhook, delete_webhook, switch_webhook
from youman.core.models import AuditEvent, Webhook, WebhookDelivery
from youman.core.security import crypto

pytestmark = pytest.mark.django_db
EVENT = ModelRegistered("editor", "humanize")


def tell() -> None:
    with transaction.atomic():
        announce(EVENT)


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "ftp://8.8.8.8/", "http://169.254.169.254/", "nonsense"])
def test_unsafe_addresses_are_refused(url: str) -> None:
    with pytest.raises(UnsafeAddress):
        create_webhook(name="x", url=url, actor="t")
    assert Webhook.objects.count() == 0


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "nul\x00"])
def test_a_webhook_needs_a_name(name: str) -> None:
    with pytest.raises(InvalidInput, match="1 to 100 characters"):
        create_webhook(name=name, url="http://8.8.8.8/", actor="t")


def test_unknown_events_are_refused_and_the_known_ones_named() -> None:
    with pytest.raises(InvalidInput, match=r"Unknown events: nothing; use .*model\.registered"):
        create_webhook(name="x", url="http://8.8.8.8/", events=["nothing", "model.registered"], actor="t")


def test_the_secret_is_stored_encrypted_and_is_in_no_audit_event() -> None:
    made = create_webhook(name="x", url="http://8.8.8.8/", actor="t")
    row = Webhook.objects.get()
    assert (crypto.decrypt(bytes(row.secret)), made.secret[:6]) == (made.secret, "whsec_")
    assert made.secret.encode() not in bytes(row.secret)
    assert AuditEvent.objects.get(object_kind="core.webhook").after == {"name": "x", "url": "http://8.8.8.8/"}


def test_each_webhook_gets_what_it_wants_and_no_more(receiver: Receiver) -> None:
    for events in ((), ("model.registered",), ("version.ready", "model.registered"), ("version.ready",)):
        receiver.subscribe(*events)
    with transaction.atomic():
        announce(EVENT)
        announce(VersionReady("editor", 1, new_id()))
    found = [
        (row.event, row.webhook.events) for row in WebhookDelivery.objects.select_related("webhook").order_by("pk")
    ]
    assert sorted(found) == [
        ("model.registered", []),
        ("model.registered", ["model.registered"]),
        ("model.registered", ["model.registered", "version.ready"]),
        ("version.ready", []),
        ("version.ready", ["model.registered", "version.ready"]),
        ("version.ready", ["version.ready"]),
    ]


def test_a_webhook_that_is_switched_off_hears_nothing_until_it_is_on_again(receiver: Receiver) -> None:
    receiver.subscribe()
    hook = Webhook.objects.get()
    switch_webhook(webhook=hook, active=False, actor="t")
    tell()
    assert outbox() == []
    switch_webhook(webhook=hook, active=True, actor="t")
    tell()
    assert outbox() == [("model.registered", {"model": "editor", "task": "humanize"})]
    delete_webhook(webhook=hook, actor="t")
    tell()
    assert outbox() == []


def test_an_announcement_is_undone_with_its_deed(receiver: Receiver) -> None:
    receiver.subscribe()
    with transaction.atomic():
        announce(EVENT)
        assert WebhookDelivery.objects.count() == 1
        transaction.set_rollback(True)
    assert WebhookDelivery.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_nothing_is_announced_outside_of_a_transaction(receiver: Receiver) -> None:
    receiver.subscribe()
    with pytest.raises(TransactionManagementError, match=r"Announce model\.registered inside the transaction"):
        announce(EVENT)
    assert WebhookDelivery.objects.count() == 0


@pytest.fixture
def _picture_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no test depends on how fast the machine is."""
    monkeypatch.setattr(webhooks, "FRESH_S", 3_600.0)


@pytest.mark.usefixtures("_picture_stays")
def test_an_event_that_nobody_wants_costs_no_query(
    receiver: Receiver, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    receiver.subscribe("version.ready")
    with transaction.atomic():
        with django_assert_num_queries(1):  # the picture, for the next two seconds
            announce(EVENT)
        with django_assert_num_queries(0):
            announce(EVENT)
            announce(EVENT)


@pytest.mark.usefixtures("_picture_stays")
def test_a_wanted_event_costs_two_queries_however_many_webhooks_want_it(
    receiver: Receiver, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    receiver.subscribe()
    tell()
    for _ in range(5):
        receiver.subscribe("model.registered")
    with transaction.atomic():
        webhooks.is_wanted("model.registered")
        with django_assert_num_queries(2):
            announce(EVENT)
    assert WebhookDelivery.objects.count() == 7


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_removing_a_webhook_waits_for_a_deed_that_announces_to_it_and_breaks_none(receiver: Receiver) -> None:
    receiver.subscribe()
    hook, announces, goes_on = Webhook.objects.get(), threading.Event(), threading.Event()

    def deed() -> None:
        try:
            with transaction.atomic():
                announce(EVENT)
                announces.set()
                assert goes_on.wait(HANG_S)
        finally:
            connection.close()

    def remove() -> None:
        try:
            delete_webhook(webhook=hook, actor="t")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        doing = pool.submit(deed)
        assert announces.wait(HANG_S)
        removing = pool.submit(remove)
        wait_until(_one_waits_for_a_lock)
        goes_on.set()
        doing.result(HANG_S)
        removing.result(HANG_S)
    assert (Webhook.objects.count(), WebhookDelivery.objects.count()) == (0, 0)


def _one_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])
