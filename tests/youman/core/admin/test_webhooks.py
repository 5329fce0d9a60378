"""Staff's pages of webhooks and deliveries: what they show, what their buttons do, what they cost."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.events import ModelRegistered
from youman.core.events.outbox import announce
from youman.core.events.webhooks import create_webhook
from youman.core.models import AuditEvent, DeliveryAttempt, Webhook, WebhookDelivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


def tell() -> None:
    with transaction.atomic():
        announce(ModelRegistered("m", "detect"))


def test_a_webhook_shows_its_secret_once_and_deliveries_are_replayed(browser: Client) -> None:
    form = {"name": "ops", "url": "http://8.8.8.8/x", "events": ["model.registered", "version.ready"]}
    answer = browser.post("/admin/core/webhook/add/", form, follow=True)
    assert "whsec_" in answer.content.decode()
    assert "whsec_" not in browser.get("/admin/core/webhook/").content.decode()
    assert Webhook.objects.get().events == ["model.registered", "version.ready"]
    tell()
    WebhookDelivery.objects.update(state="failed")
    data = {"action": "replay", "_selected_action": [str(WebhookDelivery.objects.get().pk)]}
    browser.post("/admin/core/webhookdelivery/", data)
    assert WebhookDelivery.objects.get().state == "pending"
    bad = browser.post("/admin/core/webhook/add/", form | {"url": "http://127.0.0.1/"}, follow=True)
    assert "not a public address" in bad.content.decode()
    unknown = browser.post("/admin/core/webhook/add/", form | {"events": ["nothing"]})
    assert "nothing is not one of the available choices" in unknown.content.decode()
    assert Webhook.objects.count() == 1


def test_a_delivery_shows_its_attempts_and_is_sent_again_by_its_button(browser: Client) -> None:
    hook = create_webhook(name="ops", url="http://8.8.8.8/x", actor="t").webhook
    tell()
    delivery = WebhookDelivery.objects.get()
    DeliveryAttempt.objects.create(delivery=delivery, status=502, milliseconds=1_234)
    DeliveryAttempt.objects.create(delivery=delivery, problem="ConnectTimeout: <b>")
    address = f"/admin/core/webhookdelivery/{delivery.pk}/"
    assert "Send again" not in browser.get(f"{address}change/").content.decode()  # it is still on its way
    WebhookDelivery.objects.update(state="failed", attempts=7)
    html = browser.get(f"{address}change/").content.decode()
    for shown in (
        "502",
        "1,234",
        "ConnectTimeout: &lt;b&gt;",
        "&quot;type&quot;: &quot;model.registered&quot;",
        "Send again",
    ):
        assert shown in html
    assert "ConnectTimeout" in browser.get(f"/admin/core/webhook/{hook.pk}/change/").content.decode()
    browser.post(f"{address}replay/")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("pending", 0)
    assert AuditEvent.objects.filter(verb="replay").count() == 1


def test_a_webhook_is_switched_and_removed_on_the_record(browser: Client) -> None:
    hook = create_webhook(name="ops", url="http://8.8.8.8/x", actor="t").webhook
    switch, remove = (f"/admin/core/webhook/{hook.pk}/{verb}/" for verb in ("switch", "remove"))
    stranger, clerk = Client(), User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    stranger.force_login(clerk)
    assert [stranger.post(path, {"verb": "off"}).status_code for path in (switch, remove)] == [403, 403]
    browser.post(switch, {"verb": "off"})
    assert not Webhook.objects.get().is_active
    browser.post(switch, {"verb": "on"})
    browser.post(remove)
    assert Webhook.objects.count() == 0
    verbs = AuditEvent.objects.filter(object_kind="core.webhook").order_by("at").values_list("verb", "actor")
    assert list(verbs) == [("create", "t"), ("switch", "root"), ("switch", "root"), ("delete", "root")]


def test_a_writer_sees_no_page() -> None:
    hook = create_webhook(name="ops", url="http://8.8.8.8/x", actor="t").webhook
    client = Client()
    client.force_login(User.objects.create_user("charlie"))
    for path in ("webhook/", f"webhook/{hook.pk}/change/", "webhook/add/", "webhookdelivery/"):
        assert client.get(f"/admin/core/{path}").status_code == 302


def test_every_page_costs_the_same_number_of_queries_with_one_row_and_with_fifty(browser: Client) -> None:
    def fill(count: int) -> None:
        for _ in range(count):
            hook = create_webhook(name="h", url="http://8.8.8.8/", actor="t").webhook
        first = Webhook.objects.earliest("created_at")
        rows = [WebhookDelivery(webhook=first, event="x", payload={}) for _ in range(count)]
        for row in WebhookDelivery.objects.bulk_create(rows):
            DeliveryAttempt.objects.create(delivery=row, status=500)
        assert hook.is_active

    fill(1)
    paths = [f"/admin/core/{name}/" for name in ("webhook", "webhookdelivery")]
    paths += [f"/admin/core/webhook/{Webhook.objects.get().pk}/change/"]
    paths += [f"/admin/core/webhookdelivery/{WebhookDelivery.objects.get().pk}/change/"]

    def costs() -> dict[str, int]:
        found = {}
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(path).status_code == 200
            found[path] = len(queries)
        return found

    costs()
    one = costs()
    fill(49)
    assert costs() == one
    assert WebhookDelivery.objects.count() == 50
