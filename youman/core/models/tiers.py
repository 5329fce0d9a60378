"""The account tiers and their limits."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models


class Tier(models.TextChoices):
    FREE = "FREE", "Free"
    BASIC = "BASIC", "Basic"
    PROFESSIONAL = "PROFESSIONAL", "Professional"
    ENTERPRISE = "ENTERPRISE", "Enterprise"


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a tier or an account; None means no limit."""

    words_per_request: int
    words_per_month: int | None
    requests_per_minute: int | None


LIMITS: dict[str, Limits] = {
    Tier.FREE: Limits(2_000, 20_000, 20),
    Tier.BASIC: Limits(20_000, 300_000, 60),
    Tier.PROFESSIONAL: Limits(150_000, 3_000_000, 300),
    Tier.ENTERPRISE: Limits(500_000, None, None),
}
