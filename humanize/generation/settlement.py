"""Corrects the cost of a text when a call ends after the text did: the slower call of a hedge, a cancelled part, or a
vendor's batch.
"""

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
    """Correct the cost of texts that ended within the last 15 minutes; return how many differed from the ledger."""
    return settle(selectors.unsettled_texts((now or timezone.now()) - WATCHED))


def settle(texts: Iterable[UUID]) -> int:
    """Recompute the cost of these texts, and the trace of completed ones, from the ledger; return how many.

    Idempotent. Texts that have not ended are skipped.
    """
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
    # If the writer has resumed the text since it was read, nothing is updated; its next end settles it again.
    return bool(Transformation.objects.filter(pk=row.pk, state=row.state).update(**changes))
