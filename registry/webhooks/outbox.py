"""Puts news into the outbox, in the transaction of the deed. Nothing is sent here."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from registry.models import ModelVersion, RegisteredModel, Webhook, WebhookDelivery
from youman.core.runtime import queue

DELIVER_TASK = "registry.deliver"
KINDS = (
    "model.registered",
    "version.created",
    "version.ready",
    "version.deprecated",
    "version.archived",
    "version.faulty",
    "version.mended",
    "artifact.live",
    "artifact.damaged",
    "artifact.deleted",
    "alias.moved",
    "alias.removed",
    "promotion.requested",
    "promotion.decided",
)
Facts = Mapping[str, str | int | float | bool | None]


def announce(
    kind: str, *, model: RegisteredModel, version: ModelVersion | None = None, facts: Facts | None = None
) -> None:
    """One row for each webhook that wants to hear of it; the doorbell rings on commit.

    A model that was read with `has_hooks` saves the question when there are none.
    """
    if not getattr(model, "has_hooks", True):
        return
    hooks = [hook for hook in Webhook.objects.filter(is_active=True).defer("secret") if wants(hook, kind)]
    if not hooks:
        return
    payload: dict[str, object] = {"event": kind, "at": timezone.now().isoformat(), "model": model.name}
    if version is not None:
        payload |= {"version": version.number, "version_id": str(version.pk)}
    payload |= {"facts": dict(facts or {})}
    rows = [WebhookDelivery(webhook=hook, event=kind, payload=payload) for hook in hooks]
    for row in WebhookDelivery.objects.bulk_create(rows):
        queue.ring(DELIVER_TASK, str(row.pk))


def wants(hook: Webhook, kind: str) -> bool:
    return not hook.events or kind in hook.events
