"""Sends the events of the outbox to webhooks: signed, retried with growing pauses, with a log of every attempt.

Headers and signature follow Standard Webhooks (https://www.standardwebhooks.com), so that receivers verify with its
libraries: `webhook-id`, `webhook-timestamp`, and `webhook-signature: v1,<base64 of HMAC-SHA256>`.
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import standardwebhooks
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from youman.core.accounts import audit
from youman.core.accounts.audit import Actor
from youman.core.errors import UnsafeAddress
from youman.core.events.outbox import DELIVER_TASK
from youman.core.http.guarded_client import guarded_client
from youman.core.models import DeliveryAttempt, Webhook, WebhookDelivery
from youman.core.runtime import queue
from youman.core.runtime.logging import redact
from youman.core.security import crypto
from youman.core.states import DELIVERY_EDGES, DeliveryState, transition, try_transition

# Nine hours in total, so that a receiver may restart, be repaired, or be down for a night.
PAUSES = tuple(timedelta(seconds=s) for s in (10, 60, 300, 1_800, 7_200, 21_600))
LOG_RETENTION = timedelta(days=30)  # enough to investigate what a receiver missed; the log grows with every event
_LEASE = timedelta(seconds=60)  # no other worker tries while one is sending
_TIMEOUT_S = 10.0  # much shorter than the lease
_SWEPT_AT_ONCE = 200
_PRUNED_AT_ONCE = 1_000


def deliver(delivery_id: UUID, now: datetime | None = None) -> bool:
    """Send a delivery once if it is due and no other worker is sending it; return whether the answer was 2xx."""
    moment = now or timezone.now()
    rows = WebhookDelivery.objects.filter(pk=delivery_id, state=DeliveryState.PENDING, next_at__lte=moment)
    # Moving `next_at` claims the row: of two workers that got the same row, only one succeeds.
    if not rows.update(attempts=F("attempts") + 1, next_at=moment + _LEASE):
        return False
    delivery = WebhookDelivery.objects.select_related("webhook").filter(pk=delivery_id).first()
    if delivery is None:
        return False
    attempt = _post(delivery)
    try:
        attempt.save(force_insert=True)
    except IntegrityError:  # the webhook was deleted with its log during the request
        return False
    is_accepted = attempt.status is not None and 200 <= attempt.status < 300
    _conclude(delivery, moment, is_accepted=is_accepted)
    return is_accepted


def _post(delivery: WebhookDelivery) -> DeliveryAttempt:
    """Send one POST; return the unsaved attempt with its result."""
    body = json.dumps(delivery.payload, separators=(",", ":"), sort_keys=True)
    attempt, started = DeliveryAttempt(delivery=delivery), time.perf_counter()
    try:
        with guarded_client(timeout_s=_TIMEOUT_S) as client:
            # Only the status counts; the body is not read, since it might never end.
            url, headers = delivery.webhook.url, _headers(delivery, body)
            with client.stream("POST", url, content=body.encode(), headers=headers) as answer:
                attempt.status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL, UnsafeAddress) as error:
        attempt.problem = redact(f"{type(error).__name__}: {error}")[:300]
    attempt.milliseconds = round((time.perf_counter() - started) * 1000)
    return attempt


def _headers(delivery: WebhookDelivery, body: str) -> dict[str, str]:
    message_id, moment = str(delivery.pk), datetime.now(UTC)
    signer = standardwebhooks.Webhook(crypto.decrypt(bytes(delivery.webhook.secret)))
    return {
        "Content-Type": "application/json",
        "User-Agent": "youman-webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signer.sign(message_id, moment, body),
    }


def _conclude(delivery: WebhookDelivery, moment: datetime, *, is_accepted: bool) -> None:
    rows = WebhookDelivery.objects.filter(pk=delivery.pk)
    if is_accepted:
        try_transition(rows, edges=DELIVERY_EDGES, to=DeliveryState.DELIVERED, delivered_at=timezone.now())
    elif delivery.attempts > len(PAUSES) or not delivery.webhook.is_active:
        try_transition(rows, edges=DELIVERY_EDGES, to=DeliveryState.FAILED)
    else:
        rows.filter(state=DeliveryState.PENDING).update(next_at=moment + PAUSES[delivery.attempts - 1])


@transaction.atomic
def replay(*, delivery_id: UUID, actor: Actor) -> WebhookDelivery:
    """Queue a delivery again under the same `webhook-id`. Raises NotFound, or WrongState while it is still pending."""
    rows = WebhookDelivery.objects.filter(pk=delivery_id)
    now, before = timezone.now(), rows.values_list("state", flat=True).first()
    transition(rows, edges=DELIVERY_EDGES, to=DeliveryState.PENDING, attempts=0, next_at=now, delivered_at=None)
    delivery = rows.select_related("webhook").get()
    old, new = {"state": before}, {"state": DeliveryState.PENDING.value}
    audit.record(actor=actor, verb="replay", subject=delivery, before=old, after=new)
    queue.enqueue_on_commit(DELIVER_TASK, str(delivery.pk))
    return delivery


def sweep(now: datetime | None = None) -> int:
    """Enqueue due deliveries, the oldest first: retries, and first attempts whose message was lost.

    Returns the number of messages sent.
    """
    moment = now or timezone.now()
    due = WebhookDelivery.objects.filter(state=DeliveryState.PENDING, next_at__lte=moment).order_by("next_at")
    rows = [str(pk) for pk in due.values_list("pk", flat=True)[:_SWEPT_AT_ONCE]]
    return queue.enqueue_missing(DELIVER_TASK, rows, lambda pk: True)  # `deliver` looks at the row again


def prune(now: datetime | None = None) -> int:
    """Delete ended deliveries older than LOG_RETENTION with their attempts; return their number."""
    old = WebhookDelivery.objects.filter(created_at__lt=(now or timezone.now()) - LOG_RETENTION)
    return sum(_prune_one(old.filter(webhook=pk)) for pk in Webhook.objects.values_list("pk", flat=True))


def _prune_one(old: QuerySet[WebhookDelivery]) -> int:
    """Delete in batches, so that transactions stay short, and for one webhook, with which the index begins."""
    ended = old.exclude(state=DeliveryState.PENDING).order_by("created_at", "id").values_list("pk", flat=True)
    done = 0
    while batch := list(ended[:_PRUNED_AT_ONCE]):
        WebhookDelivery.objects.filter(pk__in=batch).delete()
        done += len(batch)
    return done
