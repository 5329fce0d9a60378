"""Queries of the kernel, shared by API, admin and commands."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from youman.core.models import Account, ApiKey, Invitation, WebhookDelivery, WordUsage
from youman.core.runtime.health import WaitingRows, waiting_rows
from youman.core.security import crypto
from youman.core.states import DeliveryState


@dataclass(frozen=True, slots=True)
class Usage:
    """The usage of an account in the current month, with its limits; a limit of None means no limit.

    `month` is written as `2026-11`. `words_left` is None without a quota.
    """

    month: str
    words: int
    requests: int
    words_left: int | None
    words_per_month: int | None
    words_per_request: int
    requests_per_minute: int | None


def usage_of(account: Account) -> Usage:
    month = timezone.now().date().replace(day=1)
    row = WordUsage.objects.filter(account=account, month=month).first()
    words, limits = (row.words if row else 0), account.limits
    left = None if limits.words_per_month is None else max(0, limits.words_per_month - words)
    return Usage(
        month=f"{month:%Y-%m}",
        words=words,
        requests=row.requests if row else 0,
        words_left=left,
        words_per_month=limits.words_per_month,
        words_per_request=limits.words_per_request,
        requests_per_minute=limits.requests_per_minute,
    )


def accounts_with_usage() -> QuerySet[Account]:
    """Return all accounts with the words of the current month, which `words_of` reads."""
    month = timezone.now().date().replace(day=1)
    words = WordUsage.objects.filter(account=OuterRef("pk"), month=month).values("words")
    return Account.objects.select_related("user").annotate(words_this_month=Subquery(words))


def words_of(account: Account) -> int:
    """Return the words of the current month for an account from `accounts_with_usage`."""
    return int(account.words_this_month or 0)  # type: ignore[attr-defined]  # annotated by accounts_with_usage


def live_api_keys(account: Account) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(account=account, revoked_at=None)


def open_invitations() -> QuerySet[Invitation]:
    return Invitation.objects.filter(used_at=None, expires_at__gt=timezone.now())


def open_invitation(token: str) -> Invitation | None:
    """Return the invitation for this token, or None if it was used, has expired or does not exist."""
    return open_invitations().filter(digest=crypto.digest(token)).first()


def waiting_deliveries() -> WaitingRows:
    """Return the deliveries to webhooks that are due."""
    due = WebhookDelivery.objects.filter(state=DeliveryState.PENDING, next_at__lte=timezone.now())
    return waiting_rows("webhook deliveries", due, "next_at")
