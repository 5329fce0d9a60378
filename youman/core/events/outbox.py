"""The outbox: an app announces a change in the transaction that makes it. Nothing is sent here."""

from __future__ import annotations

from django.db import connection
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from youman.core.events.event_types import Event
from youman.core.events.webhooks import is_wanted, receivers
from youman.core.models import WebhookDelivery
from youman.core.runtime import queue

DELIVER_TASK = "core.deliver"


def announce(event: Event) -> None:
    """Store one delivery for each webhook that wants the event, and enqueue them when the transaction commits.

    Makes no query if no webhook wants the event. Raises TransactionManagementError outside a transaction, where the
    change could be undone without its event.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError(
            f"Announce {event.type} inside the transaction of the change that it describes"
        )
    data = event.data()
    if not is_wanted(event.type):
        return
    payload = {"type": event.type, "timestamp": timezone.now().isoformat(), "data": data}
    rows = [WebhookDelivery(webhook_id=pk, event=event.type, payload=payload) for pk in receivers(event.type)]
    for row in WebhookDelivery.objects.bulk_create(rows):
        queue.enqueue_on_commit(DELIVER_TASK, str(row.pk))
