"""Webhooks over the API: for staff with the scope, the secret shown once, the log and the replay."""

from __future__ import annotations

import json

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from registry.events import ModelRegistered
from tests.receiver import Receiver
from tests.registry.admin.staff import demoted, staff, with_key
from tests.writers import Writer, writer
from youman.core.accounts import scopes
from youman.core.events import delivery, event_types
from youman.core.events.outbox import announce
from youman.core.models import AuditEvent, DeliveryAttempt, Webhook, WebhookDelivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Writer:
    return staff("alice", (scopes.WEBHOOKS,))


def tell() -> None:
    with transaction.atomic():
        announce(ModelRegistered("m", "detect"))


def test_a_webhook_from_its_secret_to_its_end(alice: Writer, receiver: Receiver) -> None:
    made = alice.post("webhooks", {"name": "two", "url": receiver.url, "events": ["model.registered"]})
    assert (made.status, made.body["secret"][:6], made.body["created_by"]) == (201, "whsec_", "alice")
    address = f"webhooks/{made.body['id']}"
    assert alice.get(address).body == {name: value for name, value in made.body.items() if name != "secret"}
    assert [one["name"] for one in alice.get("webhooks").body["results"]] == ["two"]
    tell()
    [row] = alice.get(f"{address}/deliveries").body["results"]
    assert (row["event"], row["state"], row["attempts"], row["log"]) == ("model.registered", "pending", 0, [])
    assert row["payload"]["data"] == {"model": "m", "task": "detect"}
    assert alice.post(f"webhook-deliveries/{row['id']}/replay").status == 409
    delivery.deliver(row["id"])
    [row] = alice.get(f"{address}/deliveries?state=delivered&event=model.registered").body["results"]
    assert [(one["status"], one["problem"]) for one in row["log"]] == [(200, "")]
    assert alice.get(f"{address}/deliveries?state=failed").body["results"] == []
    again = alice.post(f"webhook-deliveries/{row['id']}/replay")
    assert (again.status, again.body["state"], again.body["attempts"]) == (202, "pending", 0)
    assert alice.send("PATCH", address, {"is_active": False}).body["is_active"] is False
    assert alice.send("DELETE", address).status == 204
    assert alice.get(address).status == 404
    assert (Webhook.objects.count(), WebhookDelivery.objects.count(), DeliveryAttempt.objects.count()) == (0, 0, 0)
    verbs = (
        AuditEvent.objects.filter(object_kind__startswith="core.webhook").order_by("at").values_list("verb", "actor")
    )
    assert list(verbs) == [("create", "alice"), ("replay", "alice"), ("switch", "alice"), ("delete", "alice")]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x", "url": "http://8.8.8.8/", "events": ["model.unknown"]},
        {"name": "x", "url": "http://127.0.0.1:1/"},
        {"name": "", "url": "http://8.8.8.8/"},
        {"name": "x"},
        {"name": "x", "url": "http://8.8.8.8/" + "x" * 500},
    ],
)
def test_bad_webhooks_are_refused_with_the_reason(alice: Writer, body: object) -> None:
    reply = alice.post("webhooks", body)
    assert (reply.status, bool(reply.body["detail"]), Webhook.objects.count()) == (400, True, 0)


def test_the_stranger_another_scope_and_the_demoted_are_refused(alice: Writer, receiver: Receiver) -> None:
    receiver.subscribe()
    tell()
    hook, row = Webhook.objects.get(), WebhookDelivery.objects.get()
    other = with_key(alice, (scopes.REGISTRY_READ, scopes.REGISTRY_WRITE, scopes.SERVING))
    for one in (writer("charlie"), other, demoted(alice)):
        for path in ("webhooks", f"webhooks/{hook.pk}", f"webhooks/{hook.pk}/deliveries"):
            assert one.get(path).status == 403
        assert one.post("webhooks", {"name": "x", "url": receiver.url}).status == 403
        assert one.send("PATCH", f"webhooks/{hook.pk}", {"is_active": False}).status == 403
        assert one.send("DELETE", f"webhooks/{hook.pk}").status == 403
        assert one.post(f"webhook-deliveries/{row.pk}/replay").status == 403
    assert Webhook.objects.get().is_active


def test_the_description_of_the_api_names_exactly_the_declared_events(alice: Writer) -> None:
    schema = json.loads(alice.api.get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"}).content)
    ref = schema["components"]["schemas"]["CreateWebhookRequest"]["properties"]["events"]["items"]
    named = ref.get("enum") or schema["components"]["schemas"][ref["$ref"].rpartition("/")[2]]["enum"]
    assert named == list(event_types.declared_types())


def test_every_list_costs_the_same_number_of_queries_with_one_row_and_with_fifty(
    alice: Writer, receiver: Receiver
) -> None:
    def fill(count: int) -> None:
        for _ in range(count):
            receiver.subscribe()
        rows = [WebhookDelivery(webhook=first(), event="x", payload={}) for _ in range(count)]
        for row in WebhookDelivery.objects.bulk_create(rows):
            DeliveryAttempt.objects.create(delivery=row, status=500)

    def first() -> Webhook:
        return Webhook.objects.earliest("created_at")

    def costs() -> list[int]:
        found = []
        for path in ("webhooks", f"webhooks/{first().pk}/deliveries"):
            with CaptureQueriesContext(connection) as queries:
                assert alice.get(path).status == 200
            found.append(len(queries))
        return found

    fill(1)
    costs()
    one = costs()
    fill(49)
    assert costs() == one
    assert len(alice.get(f"webhooks/{first().pk}/deliveries").body["results"]) == 50
