"""Webhooks: signed, sent after the deed from the outbox, tried again with growing pauses, every attempt on record.

Signature: `X-Youman-Signature: sha256=HMAC(secret, "<timestamp>.<body>")`, the timestamp in `X-Youman-Timestamp`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import httpx
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from registry import validation
from registry.models import DeliveryAttempt, Webhook, WebhookDelivery
from registry.states import DELIVERY_EDGES, DeliveryState
from registry.webhooks.outbox import DELIVER_TASK, KINDS
from youman.core.accounts import audit
from youman.core.accounts.audit import Actor
from youman.core.errors import InvalidInput, NotFound, UnsafeAddress
from youman.core.http.guarded_client import guarded_client, vetted_address
from youman.core.runtime import queue
from youman.core.security import crypto
from youman.core.states import transition, try_transition

PAUSES = tuple(timedelta(seconds=s) for s in (10, 60, 300, 1_800, 7_200, 21_600))
_LEASE = timedelta(seconds=60)  # while one worker posts, no other tries
_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class MadeWebhook:
    webhook: Webhook
    secret: str


@transaction.atomic
def create_webhook(*, name: str, url: str, events: Sequence[str] = (), actor: Actor) -> MadeWebhook:
    """The secret is shown this once. Raises UnsafeAddress, InvalidInput for an unknown event."""
    title = validation.check_text(name, "name", 100)
    unknown = sorted(set(events) - set(KINDS))
    if unknown or not title:
        raise InvalidInput(f"Unknown event {', '.join(unknown)}; use {', '.join(KINDS)}" if unknown else "Name it")
    if len(url) > 500:
        raise InvalidInput("The address has at most 500 characters")
    vetted_address(url)
    secret = f"whsec_{secrets.token_urlsafe(32)}"
    row = Webhook.objects.create(
        name=title, url=url, events=sorted(set(events)), secret=crypto.encrypt(secret), created_by=str(actor)[:200]
    )
    audit.record(actor=actor, verb="create", subject=row, after={"name": title, "url": url})
    return MadeWebhook(row, secret)


@transaction.atomic
def switch_webhook(*, webhook: Webhook, active: bool, actor: Actor) -> Webhook:
    Webhook.objects.filter(pk=webhook.pk).update(is_active=active)
    audit.record(actor=actor, verb="switch", subject=webhook, after={"active": active})
    webhook.is_active = active
    return webhook


@transaction.atomic
def delete_webhook(*, webhook: Webhook, actor: Actor) -> None:
    audit.record(actor=actor, verb="delete", subject=webhook, before={"name": webhook.name, "url": webhook.url})
    webhook.delete()


def webhook_by_id(pk: UUID) -> Webhook:
    found = Webhook.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such webhook")
    return found


def deliver(delivery_id: UUID, now: datetime | None = None) -> bool:
    """Try once if it is due and nobody else is at it; True when the other side took it."""
    moment = now or timezone.now()
    rows = WebhookDelivery.objects.filter(pk=delivery_id, state=DeliveryState.PENDING, next_at__lte=moment)
    # The lease is the claim: of two workers rung for one row, one moves `next_at`.
    if not rows.update(attempts=F("attempts") + 1, next_at=moment + _LEASE):
        return False
    delivery = WebhookDelivery.objects.select_related("webhook").get(pk=delivery_id)
    status, problem, spent = _post(delivery)
    DeliveryAttempt.objects.create(
        delivery=delivery, status=status, problem=problem[:300], milliseconds=round(spent * 1000)
    )
    _conclude(delivery, moment, ok=status is not None and 200 <= status < 300)
    return status is not None and 200 <= status < 300


def _post(delivery: WebhookDelivery) -> tuple[int | None, str, float]:
    body = json.dumps(delivery.payload, separators=(",", ":"), sort_keys=True).encode()
    started = time.perf_counter()
    try:
        with guarded_client(timeout_s=_TIMEOUT_S) as client:
            # The status is all that counts: a body that never ends is not read.
            url, headers = delivery.webhook.url, _headers(delivery, body)
            with client.stream("POST", url, content=body, headers=headers) as answer:
                return answer.status_code, "", time.perf_counter() - started
    except (httpx.HTTPError, httpx.InvalidURL, UnsafeAddress) as error:
        return None, f"{type(error).__name__}: {error}", time.perf_counter() - started


def _headers(delivery: WebhookDelivery, body: bytes) -> dict[str, str]:
    stamp = str(int(time.time()))
    secret = crypto.decrypt(bytes(delivery.webhook.secret))
    return {
        "Content-Type": "application/json",
        "User-Agent": "youman-webhooks/1",
        "X-Youman-Event": delivery.event,
        "X-Youman-Delivery": str(delivery.pk),
        "X-Youman-Timestamp": stamp,
        "X-Youman-Signature": f"sha256={sign(secret, stamp, body)}",
    }


def sign(secret: str, stamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def _conclude(delivery: WebhookDelivery, moment: datetime, *, ok: bool) -> None:
    rows = WebhookDelivery.objects.filter(pk=delivery.pk)
    if ok:
        try_transition(rows, edges=DELIVERY_EDGES, to=DeliveryState.DELIVERED, delivered_at=timezone.now())
    elif delivery.attempts > len(PAUSES) or not delivery.webhook.is_active:
        try_transition(rows, edges=DELIVERY_EDGES, to=DeliveryState.FAILED)
    else:
        rows.filter(state=DeliveryState.PENDING).update(next_at=moment + PAUSES[delivery.attempts - 1])


@transaction.atomic
def replay(*, delivery_id: UUID, actor: Actor) -> WebhookDelivery:
    """Send it again, whatever came of it. Raises NotFound, WrongState while it is still on its way."""
    rows = WebhookDelivery.objects.filter(pk=delivery_id)
    now = timezone.now()
    transition(rows, edges=DELIVERY_EDGES, to=DeliveryState.PENDING, attempts=0, next_at=now, delivered_at=None)
    delivery = rows.select_related("webhook").get()
    audit.record(actor=actor, verb="replay", subject=delivery)
    queue.ring(DELIVER_TASK, str(delivery.pk))
    return delivery


def sweep(now: datetime | None = None) -> int:
    """Ring for what is due: first tries whose bell was lost, and later tries."""
    moment = now or timezone.now()
    due = WebhookDelivery.objects.filter(state=DeliveryState.PENDING, next_at__lte=moment)
    return sum(queue.ring_now(DELIVER_TASK, str(pk)) for pk in due.values_list("pk", flat=True)[:200])
