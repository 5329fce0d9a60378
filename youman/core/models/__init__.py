"""The rows of the kernel."""

from youman.core.models.accounts import Account, ApiKey, Invitation, WordUsage
from youman.core.models.records import AuditEvent, IdempotencyRecord

__all__ = ["Account", "ApiKey", "AuditEvent", "IdempotencyRecord", "Invitation", "WordUsage"]
