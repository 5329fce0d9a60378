"""Amounts of money: US dollars, exact."""

from __future__ import annotations

from decimal import Decimal

ZERO = Decimal(0)
# genai-prices multiplies exact list prices per million tokens: 15 decimal places hold every product.
MONEY_DIGITS, MONEY_PLACES = 24, 15
