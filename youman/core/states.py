"""State changes by one conditional UPDATE, so that of two concurrent callers only one succeeds.

The kernel itself has one state machine:

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
    """The state of one event on its way to one webhook."""

    PENDING = "pending", "Pending"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"


DELIVERY_EDGES: Edges = {
    DeliveryState.PENDING: frozenset({DeliveryState.DELIVERED, DeliveryState.FAILED}),
    DeliveryState.DELIVERED: frozenset({DeliveryState.PENDING}),
    DeliveryState.FAILED: frozenset({DeliveryState.PENDING}),
}


def sources_of(edges: Edges, target: str) -> tuple[str, ...]:
    """Return the states from which the table of edges leads to the target."""
    return tuple(sorted(state for state, targets in edges.items() if target in targets))


def transition(queryset: models.QuerySet[M], *, edges: Edges, to: str, **changes: Any) -> None:
    """Move the single row of `queryset` to the state `to` and set the fields in `changes`.

    It is a single UPDATE … WHERE state IN sources; reading and then saving would let several concurrent callers
    succeed. Raises WrongState naming the actual state, or NotFound if the row does not exist.
    """
    if not queryset.filter(state__in=sources_of(edges, to)).update(state=to, **changes):
        _refuse(queryset, to)


def try_transition(queryset: models.QuerySet[M], *, edges: Edges, to: str, **changes: Any) -> bool:
    """Do the same as `transition`, but return whether it succeeded instead of raising an error."""
    return bool(queryset.filter(state__in=sources_of(edges, to)).update(state=to, **changes))


def _refuse(queryset: models.QuerySet[M], to: str) -> None:
    name = queryset.model._meta.verbose_name
    actual = queryset.values_list("state", flat=True).first()
    if actual is None:
        raise NotFound(f"There is no such {name}")
    raise WrongState(f"The {name} is {actual} and cannot become {to}")
