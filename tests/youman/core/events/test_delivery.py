"""Deliveries: signed as Standard Webhooks says, tried again, on record; a real receiver on this machine."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import standardwebhooks
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django.fixtures import Settings
from standardwebhooks import WebhookVerificationError

from registry.events import ModelRegistered
from tests.receiver import Receiver
from youman.core.errors import NotFound, WrongState
from youman.core.events.delivery import deliver, prune, replay, sweep
from youman.core.events.outbox import announce
from youman.core.events.webhooks import delete_webhook, switch_webhook
from youman.core.models import AuditEvent, DeliveryAttempt, Webhook, WebhookDelivery

pytestmark = pytest.mark.django_db


def announce_one(name: str = "editor") -> WebhookDelivery:
    with transaction.atomic():
        announce(ModelRegistered(name, "humanize"))
    return WebhookDelivery.objects.latest("pk")


def test_a_delivery_is_signed_so_that_the_library_verifies_it(receiver: Receiver) -> None:
    secret = receiver.subscribe("model.registered")
    row = announce_one()
    assert deliver(row.pk)
    [message] = receiver.messages
    found = standardwebhooks.Webhook(secret).verify(message.body, dict(message.headers))
    assert (found["type"], found["data"]) == ("model.registered", {"model": "editor", "task": "humanize"})
    assert datetime.fromisoformat(found["timestamp"]).tzinfo == UTC
    assert (message.headers["webhook-id"], message.headers["Content-Type"]) == (str(row.pk), "application/json")
    row.refresh_from_db()
    assert (row.state, row.attempts, row.log.get().status) == ("delivered", 1, 200)
    assert not deliver(row.pk)
    assert len(receiver.messages) == 1


def test_the_signature_is_the_hmac_that_the_specification_writes_down(receiver: Receiver) -> None:
    """By hand, so that a mistake shared by signer and verifier would show."""
    import hashlib
    import hmac

    secret = receiver.subscribe()
    assert secret.startswith("whsec_")
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    assert len(key) == 32
    deliver(announce_one().pk)
    [message] = receiver.messages
    signed = f"{message.headers['webhook-id']}.{message.headers['webhook-timestamp']}.".encode() + message.body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    assert message.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


def test_a_receiver_refuses_a_changed_body_another_id_an_old_timestamp_and_another_secret(receiver: Receiver) -> None:
    secret = receiver.subscribe()
    deliver(announce_one().pk)
    [message] = receiver.messages
    verifier, headers = standardwebhooks.Webhook(secret), {k.lower(): v for k, v in message.headers.items()}
    verifier.verify(message.body, headers)
    old = str(int(headers["webhook-timestamp"]) - 301)
    for body, changed in (
        (message.body.replace(b"editor", b"edited"), {}),
        (message.body, {"webhook-id": str(UUID(int=1))}),
        (message.body, {"webhook-timestamp": old}),
        (message.body, {"webhook-signature": "v1," + base64.b64encode(bytes(32)).decode()}),
    ):
        with pytest.raises(WebhookVerificationError):
            verifier.verify(body, headers | changed)
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        standardwebhooks.Webhook(receiver.subscribe()).verify(message.body, headers)


def test_an_old_message_is_refused_even_with_its_own_signature(receiver: Receiver) -> None:
    secret = receiver.subscribe()
    verifier, body = standardwebhooks.Webhook(secret), json.dumps({"type": "model.registered"})
    sent = datetime.now(UTC) - timedelta(minutes=6)
    headers = {"webhook-id": "m", "webhook-timestamp": str(int(sent.timestamp()))}
    headers["webhook-signature"] = verifier.sign("m", sent, body)
    with pytest.raises(WebhookVerificationError, match="too old"):
        verifier.verify(body, headers)


def test_every_attempt_is_signed_anew_under_the_same_id(receiver: Receiver) -> None:
    secret = receiver.subscribe()
    receiver.status = 503
    row = announce_one()
    assert not deliver(row.pk)
    receiver.status = 200
    assert deliver(row.pk, timezone.now() + timedelta(seconds=11))
    first, second = receiver.messages
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == str(row.pk)
    assert first.body == second.body
    for message in (first, second):
        standardwebhooks.Webhook(secret).verify(message.body, dict(message.headers))


def test_the_secret_still_signs_when_the_key_ring_has_been_rotated(receiver: Receiver, settings: Settings) -> None:
    settings.KEYRING = ["old"]
    secret = receiver.subscribe()
    settings.KEYRING = ["new", "old"]
    call_command("rotate_keys", verbosity=0)
    settings.KEYRING = ["new"]
    deliver(announce_one().pk)
    [message] = receiver.messages
    standardwebhooks.Webhook(secret).verify(message.body, dict(message.headers))


def test_failures_are_tried_again_with_growing_pauses_and_then_given_up(receiver: Receiver) -> None:
    receiver.subscribe()
    receiver.status = 500
    pk, now, pauses = announce_one().pk, timezone.now(), []
    for _ in range(10):
        deliver(pk, now)
        row = WebhookDelivery.objects.get()
        if row.state == "failed":
            break
        assert not deliver(pk, now)
        pauses.append(round((row.next_at - now).total_seconds()))
        now = row.next_at
    assert pauses == [10, 60, 300, 1_800, 7_200, 21_600]
    assert (row.state, row.attempts, DeliveryAttempt.objects.count()) == ("failed", 7, 7)
    receiver.status = 204
    replay(delivery_id=pk, actor="ops")
    assert deliver(pk)
    assert [one.status for one in DeliveryAttempt.objects.order_by("id")] == [500] * 7 + [204]


def test_a_receiver_that_has_moved_inside_is_not_called_and_that_is_on_record(
    receiver: Receiver, settings: Settings
) -> None:
    receiver.subscribe()
    settings.PRIVATE_ENDPOINTS = []
    deliver(announce_one().pk)
    attempt = DeliveryAttempt.objects.get()
    assert (attempt.status, attempt.problem.partition(":")[0]) == (None, "UnsafeAddress")
    assert receiver.messages == []


def test_only_what_has_ended_is_replayed_and_the_sweep_finds_what_is_due(receiver: Receiver) -> None:
    receiver.subscribe()
    row = announce_one()
    with pytest.raises(WrongState):
        replay(delivery_id=row.pk, actor="ops")
    with pytest.raises(NotFound):
        replay(delivery_id=UUID(int=1), actor="ops")
    assert AuditEvent.objects.filter(verb="replay").count() == 0
    assert sweep(timezone.now() - timedelta(minutes=1)) == 0
    assert sweep(timezone.now() + timedelta(minutes=1)) == 1


def test_switching_a_webhook_off_fails_what_is_pending_and_a_replay_sends_it(receiver: Receiver) -> None:
    receiver.subscribe()
    receiver.status = 500
    tried, waiting, done = announce_one("a"), announce_one("b"), announce_one("c")
    deliver(tried.pk)
    receiver.status = 200
    deliver(done.pk)
    switch_webhook(webhook=Webhook.objects.get(), active=False, actor="ops")
    assert sweep(timezone.now() + timedelta(days=1)) == 0
    assert not deliver(waiting.pk)
    states = WebhookDelivery.objects.order_by("created_at").values_list("state", "attempts")
    assert list(states) == [("failed", 1), ("failed", 0), ("delivered", 1)]
    replay(delivery_id=waiting.pk, actor="ops")
    assert deliver(waiting.pk)
    assert len(receiver.messages) == 3


def test_a_replay_to_a_webhook_that_is_off_is_tried_once(receiver: Receiver) -> None:
    receiver.subscribe()
    row = announce_one()
    switch_webhook(webhook=Webhook.objects.get(), active=False, actor="ops")
    receiver.status = 500
    replay(delivery_id=row.pk, actor="ops")
    assert not deliver(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("failed", 1)


def test_what_ended_a_month_ago_is_pruned_with_its_attempts_and_what_is_pending_stays(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("youman.core.events.delivery._PRUNED_AT_ONCE", 2)
    receiver.subscribe()
    for number in range(7):
        deliver(announce_one(str(number)).pk)
    late, now = announce_one("late"), timezone.now()
    assert prune(now + timedelta(days=29)) == 0
    assert prune(now + timedelta(days=31)) == 7
    assert WebhookDelivery.objects.get() == late
    assert DeliveryAttempt.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_webhook_that_is_removed_while_a_delivery_is_on_its_way_ends_it_quietly(receiver: Receiver) -> None:
    receiver.subscribe()
    row, hook = announce_one(), Webhook.objects.get()

    class Removing(list):  # type: ignore[type-arg]
        def append(self, message: object) -> None:
            super().append(message)
            try:
                delete_webhook(webhook=hook, actor="ops")
            finally:
                connection.close()

    receiver.messages = Removing()
    assert not deliver(row.pk)
    assert (len(receiver.messages), WebhookDelivery.objects.count(), DeliveryAttempt.objects.count()) == (1, 0, 0)
