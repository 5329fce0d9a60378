"""Columns and fields of money: dollars as people read them instead of fifteen decimal places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin

from serving.gateway.costs import dollars


def money_column(field: str) -> Callable[[Any, Any], str | None]:
    """A method of an admin class for `list_display` and `readonly_fields`; it sorts by the column of the database."""

    @admin.display(description=field.replace("_", " "), ordering=field, empty_value="–")
    def shown(_: object, row: Any) -> str | None:
        amount = getattr(row, field)
        return None if amount is None else dollars(amount)

    return shown
