"""The models of the kernel."""

from youman.core.models.accounts import Account, ApiKey, Invitation, WordUsage
from youman.core.models.events import DeliveryAttempt, Webhook, WebhookDelivery
from youman.core.models.records import AuditEvent, IdempotencyRecord

__all__ = [
    "Account",
    "ApiKey",
    "AuditEvent",
    "DeliveryAttempt",
    "IdempotencyRecord",
    "Invitation",
    "Webhook",
    "WebhookDelivery",
    "WordUsage",
]
