"""Webhooks: written with the deed, signed, tried again, on record; a real receiver on this machine."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from registry.models import DeliveryAttempt, RegisteredModel, WebhookDelivery
from registry.versions import lifecycle
from registry.webhooks.delivery import MadeWebhook, create_webhook, deliver, replay, sign, sweep
from tests.registry.admin.staff import staff
from youman.core.errors import InvalidInput, UnsafeAddress, WrongState

pytestmark = pytest.mark.django_db


@dataclass
class Receiver:
    port: int = 0
    status: int = 200
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    state = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.got.append((dict(self.headers), body))
            self.send_response(state.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = server.server_port
    settings.PRIVATE_ENDPOINTS = [f"127.0.0.1:{state.port}"]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(receiver: Receiver) -> MadeWebhook:
    url = f"http://127.0.0.1:{receiver.port}/hook"
    return create_webhook(name="ops", url=url, events=["model.registered"], actor="t")


def register(name: str = "editor") -> RegisteredModel:
    return lifecycle.register_model(name=name, task="humanize", actor="t")


def test_an_event_is_delivered_signed(hook: MadeWebhook, receiver: Receiver) -> None:
    model = register()
    lifecycle.create_version(model=model, actor="t")
    delivery = WebhookDelivery.objects.get()
    assert deliver(delivery.pk)
    headers, body = receiver.got[0]
    stamp = headers["X-Youman-Timestamp"]
    assert headers["X-Youman-Signature"] == f"sha256={sign(hook.secret, stamp, body)}"
    assert (headers["X-Youman-Event"], headers["X-Youman-Delivery"]) == ("model.registered", str(delivery.pk))
    assert (json.loads(body)["event"], json.loads(body)["model"]) == ("model.registered", "editor")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.log.get().status) == ("delivered", 1, 200)
    assert not deliver(delivery.pk)
    assert len(receiver.got) == 1


def test_the_outbox_is_written_with_the_deed_or_not_at_all(hook: MadeWebhook) -> None:
    with transaction.atomic():
        register()
        assert WebhookDelivery.objects.count() == 1
        transaction.set_rollback(True)
    assert WebhookDelivery.objects.count() == 0


def test_failures_are_tried_again_with_growing_pauses_and_then_given_up(hook: MadeWebhook, receiver: Receiver) -> None:
    register()
    receiver.status = 500
    pk, now, pauses = WebhookDelivery.objects.get().pk, timezone.now(), []
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


def test_a_receiver_that_is_gone_or_has_moved_inside_is_on_record(
    hook: MadeWebhook, receiver: Receiver, settings: Settings
) -> None:
    register()
    settings.PRIVATE_ENDPOINTS = []
    deliver(WebhookDelivery.objects.get().pk)
    attempt = DeliveryAttempt.objects.get()
    assert (attempt.status, attempt.problem.partition(":")[0]) == (None, "UnsafeAddress")
    assert receiver.got == []


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "ftp://8.8.8.8/", "http://169.254.169.254/", "nonsense"])
def test_unsafe_addresses_are_refused(db: None, url: str) -> None:
    with pytest.raises(UnsafeAddress):
        create_webhook(name="x", url=url, actor="t")


def test_unknown_events_are_refused(db: None) -> None:
    with pytest.raises(InvalidInput, match="Unknown event"):
        create_webhook(name="x", url="http://8.8.8.8/", events=["nothing"], actor="t")


def test_only_what_has_ended_is_replayed_and_the_sweep_finds_what_is_due(hook: MadeWebhook) -> None:
    register()
    delivery = WebhookDelivery.objects.get()
    with pytest.raises(WrongState):
        replay(delivery_id=delivery.pk, actor="ops")
    assert sweep(timezone.now() - timedelta(minutes=1)) == 0
    assert sweep(timezone.now() + timedelta(minutes=1)) == 1


def test_webhooks_over_the_api_show_the_secret_once(hook: MadeWebhook, receiver: Receiver) -> None:
    alice = staff("alice")
    url = f"http://127.0.0.1:{receiver.port}/two"
    made = alice.post("webhooks", {"name": "two", "url": url})
    assert (made.status, made.body["secret"][:6]) == (201, "whsec_")
    assert "secret" not in alice.get(f"webhooks/{made.body['id']}").body
    alice.post("registered-models", {"name": "m", "task": "detect"})
    delivery = alice.get(f"webhooks/{made.body['id']}/deliveries").body["results"][0]
    assert alice.post(f"webhook-deliveries/{delivery['id']}/replay").status == 409
    deliver(delivery["id"])
    assert alice.post(f"webhook-deliveries/{delivery['id']}/replay").status == 202
    assert alice.send("PATCH", f"webhooks/{made.body['id']}", {"is_active": False}).body["is_active"] is False
    assert alice.send("DELETE", f"webhooks/{made.body['id']}").status == 204
    assert User.objects.filter(username="alice").exists()
