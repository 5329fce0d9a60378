"""What a text really cost, when a call ends after the text did: a hedge's loser, a cancelled part, a vendor's batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from humanize import selectors
from humanize.models import Chunk, Transformation
from humanize.pipeline.trace import AttemptRecord, LedgerCall, steps_of
from humanize.states import State

WATCHED = timedelta(minutes=15)  # longer than any call may take
_TRIED = frozenset({"answered", "failed", "late"})


def total(paid: Sequence[LedgerCall]) -> Decimal:
    return sum((one.cost for one in paid), Decimal(0))


def settle_late(*, now: datetime | None = None) -> int:
    """Texts that ended a short while ago; returns how many said something else than the ledger."""
    return settle(selectors.unsettled((now or timezone.now()) - WATCHED))


def settle(texts: Iterable[UUID]) -> int:
    """Their cost, and of completed ones the trace, anew from the ledger. Idempotent; open texts are left alone."""
    rows = Transformation.objects.filter(pk__in=list(texts)).only("pk", "state", "route")
    return sum(_settled(row) for row in rows)


def _settled(row: Transformation) -> bool:
    paid = selectors.ledger_calls(row.pk)
    changes: dict[str, object] = {"cost": total(paid)}
    if row.state == State.COMPLETED:
        stored = Chunk.objects.filter(transformation=row).order_by("number").values_list("tries", flat=True)
        tries = [AttemptRecord.from_json(one) for chunk in stored for one in chunk]
        plan = [step for step in row.route if step["outcome"] not in _TRIED]
        changes["route"] = [*plan, *steps_of(tries, len(stored), paid)]
    elif row.state not in {State.CANCELLED, State.FAILED}:
        return False
    # A writer may resume it meanwhile: then its end counts anew.
    return bool(Transformation.objects.filter(pk=row.pk, state=row.state).update(**changes))
