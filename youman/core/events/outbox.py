"""The outbox: an app announces what it has done, in the transaction of the deed. Nothing is sent here."""

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
    """Store one delivery for each webhook that wants the event; they are enqueued when the transaction commits.

    Costs no query while no webhook wants it. Raises TransactionManagementError outside of a transaction, where the
    deed could be undone and its event not.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError(f"Announce {event.type} in the transaction of what it tells of")
    data = event.data()
    if not is_wanted(event.type):
        return
    payload = {"type": event.type, "timestamp": timezone.now().isoformat(), "data": data}
    rows = [WebhookDelivery(webhook_id=pk, event=event.type, payload=payload) for pk in receivers(event.type)]
    for row in WebhookDelivery.objects.bulk_create(rows):
        queue.enqueue_on_commit(DELIVER_TASK, str(row.pk))
