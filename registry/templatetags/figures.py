"""`{{ value|figure }}`: a measured number as people read it, and anything else as it is."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def figure(value: object) -> object:
    """0.95 for 0.9500000000000001; – for nothing."""
    if value is None:
        return "–"
    return f"{value:.5g}" if isinstance(value, float) and abs(value) < 1e5 else value
