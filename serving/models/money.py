"""The column for amounts of money: US dollars, exact."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

ZERO = Decimal(0)
# genai-prices multiplies exact list prices a million tokens: 15 places hold every product.
MONEY_DIGITS, MONEY_PLACES = 24, 15


def money_field(**options: object) -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=MONEY_PLACES, **options)  # type: ignore[arg-type]
