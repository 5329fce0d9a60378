"""Webhooks: they are created, switched and deleted here, and the outbox finds the receivers of an event here."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from youman.core.accounts import audit
from youman.core.accounts.audit import Actor
from youman.core.errors import InvalidInput, NotFound
from youman.core.events import event_types
from youman.core.http.guarded_client import host_only, vetted_address
from youman.core.models import Webhook
from youman.core.security import crypto
from youman.core.states import DELIVERY_EDGES, DeliveryState, try_transition

SECRET_PREFIX = "whsec_"  # noqa: S105  # as Standard Webhooks writes secrets
FRESH_S = 2.0  # most transactions announce something, but few installations have webhooks: saves a query for each
_SECRET_BYTES = 32
_EVERY_EVENT = "*"
_wanted: tuple[float, frozenset[str]] | None = None


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A new webhook with its secret, which cannot be shown again."""

    webhook: Webhook
    secret: str


@transaction.atomic
def create_webhook(*, name: str, url: str, events: Sequence[str] = (), actor: Actor) -> NewWebhook:
    """Create a webhook for these events, or for all events if none are given. Its secret cannot be shown again.

    Raises UnsafeAddress for an address that must not be called, and InvalidInput for an unknown event, a bad name or a
    long address.
    """
    title = name.strip()
    if not title or len(title) > 100 or "\x00" in title:
        raise InvalidInput("Give the webhook a name of 1 to 100 characters")
    known = event_types.declared_types()
    unknown = sorted(set(events) - set(known))
    if unknown:
        raise InvalidInput(f"Unknown events: {', '.join(unknown)[:200]}; use {', '.join(known)}")
    if len(url) > 500:
        raise InvalidInput("The address may have at most 500 characters")
    vetted_address(url)
    secret = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    row = Webhook.objects.create(
        name=title, url=url, events=sorted(set(events)), secret=crypto.encrypt(secret), created_by=str(actor)[:200]
    )
    audit.record(actor=actor, verb="create", subject=row, after={"name": title, "url": host_only(url)})
    _forget_with_commit()
    return NewWebhook(row, secret)


@transaction.atomic
def switch_webhook(*, webhook: Webhook, active: bool, actor: Actor) -> Webhook:
    """Switch a webhook on or off. Idempotent. Switching it off fails its pending deliveries, which can be replayed."""
    # Locked, so that each of two simultaneous switches records what it actually changed.
    was = Webhook.objects.select_for_update().filter(pk=webhook.pk).values_list("is_active", flat=True).first()
    Webhook.objects.filter(pk=webhook.pk).update(is_active=active)
    if not active:
        try_transition(webhook.deliveries.all(), edges=DELIVERY_EDGES, to=DeliveryState.FAILED)
    audit.record(actor=actor, verb="switch", subject=webhook, before={"active": was}, after={"active": active})
    _forget_with_commit()
    webhook.is_active = active
    return webhook


@transaction.atomic
def delete_webhook(*, webhook: Webhook, actor: Actor) -> None:
    """Delete a webhook with the log of its deliveries. Waits for transactions that are announcing events to it."""
    facts = {"name": webhook.name, "url": host_only(webhook.url)}
    audit.record(actor=actor, verb="delete", subject=webhook, before=facts)
    # Locked before its deliveries are collected: a concurrent announcement commits first or finds it deleted.
    Webhook.objects.select_for_update().filter(pk=webhook.pk).first()
    webhook.delete()
    _forget_with_commit()


def webhook_by_id(pk: UUID) -> Webhook:
    """Return the webhook with this id. Raises NotFound."""
    found = Webhook.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such webhook")
    return found


def is_wanted(event: str) -> bool:
    """Return whether an active webhook wants this event, from a list that is up to FRESH_S seconds old.

    Most installations have no webhook, so that announcements cost no query.
    """
    global _wanted
    kept = _wanted
    if kept is None or time.monotonic() - kept[0] > FRESH_S:
        lists = Webhook.objects.filter(is_active=True).order_by().values_list("events", flat=True)
        kept = _wanted = (time.monotonic(), frozenset(name for names in lists for name in names or (_EVERY_EVENT,)))
    return event in kept[1] or _EVERY_EVENT in kept[1]


def receivers(event: str) -> list[UUID]:
    """Return the ids of the active webhooks that want this event, locked against deletion in this transaction."""
    # KEY SHARE blocks only a delete and not other announcements; Django's ORM offers only stronger locks.
    # SQLite has a single writer, which locks the whole database.
    lock = "FOR KEY SHARE" if connection.vendor == "postgresql" else ""
    table = connection.ops.quote_name(Webhook._meta.db_table)
    rows = Webhook.objects.raw(f"SELECT id, events FROM {table} WHERE is_active {lock}")  # noqa: S608  # the name of the model's table
    return [row.pk for row in rows if not row.events or event in row.events]


def forget() -> None:
    """Read the webhooks again at the next announcement; called after every change."""
    global _wanted
    _wanted = None


def _forget_with_commit() -> None:
    """Forget the list now for this transaction, and again after the commit, when others can see its changes."""
    forget()
    transaction.on_commit(forget)
