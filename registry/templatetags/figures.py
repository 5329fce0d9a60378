"""`{{ value|figure }}`: round a number for display and leave any other value unchanged."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def figure(value: object) -> object:
    """Return 0.95 for 0.9500000000000001, and – for None."""
    if value is None:
        return "–"
    return f"{value:.5g}" if isinstance(value, float) and abs(value) < 1e5 else value
