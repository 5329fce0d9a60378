"""State changes: one guarded UPDATE, so that of two who try only one succeeds. And the kernel's one state machine:

delivery   pending ──worker──▶ delivered | failed      failed, delivered ──staff (replay)──▶ pending
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models

from youman.core.errors import NotFound, WrongState

M = TypeVar("M", bound=models.Model)
Edges = Mapping[str, frozenset[str]]


class DeliveryState(models.TextChoices):
    """How far one event is on its way to one webhook."""

    PENDING = "pending", "Pending"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"


DELIVERY_EDGES: Edges = {
    DeliveryState.PENDING: frozenset({DeliveryState.DELIVERED, DeliveryState.FAILED}),
    DeliveryState.DELIVERED: frozenset({DeliveryState.PENDING}),
    DeliveryState.FAILED: frozenset({DeliveryState.PENDING}),
}


def sources_of(edges: Edges, target: str) -> tuple[str, ...]:
    """The states from which the table of edges leads to the target."""
    return tuple(sorted(state for state, targets in edges.items() if target in targets))


def transition(queryset: models.QuerySet[M], *, edges: Edges, to: str, **changes: Any) -> None:
    """Move the single row of `queryset` to the state `to`, and set `changes` with it.

    One UPDATE … WHERE state IN sources: get-then-save lets every one of the concurrent callers win.
    Raises WrongState with the actual state, NotFound when the row is not there.
    """
    if not queryset.filter(state__in=sources_of(edges, to)).update(state=to, **changes):
        _refuse(queryset, to)


def try_transition(queryset: models.QuerySet[M], *, edges: Edges, to: str, **changes: Any) -> bool:
    """As `transition`, and False instead of an error when the row is in another state."""
    return bool(queryset.filter(state__in=sources_of(edges, to)).update(state=to, **changes))


def _refuse(queryset: models.QuerySet[M], to: str) -> None:
    name = queryset.model._meta.verbose_name
    actual = queryset.values_list("state", flat=True).first()
    if actual is None:
        raise NotFound(f"There is no such {name}")
    raise WrongState(f"The {name} is {actual} and cannot become {to}")
