"""The write that ends every call: the ledger's row and the actual cost in the budgets, in one transaction.

On PostgreSQL it is one statement for all calls of this process that end at about the same time: while the statement of
one thread runs, the others queue, and the next takes all of them. Nobody continues before their row is committed.
Elsewhere (SQLite, or several budgets, whose rows must be locked in order) it happens step by step in a transaction.

A call is booked by its id: written a second time, because nobody knows whether the first time succeeded, it changes
nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction

from serving.gateway import budgets, prepared_statements, snapshot
from serving.gateway.budgets import BudgetHold, MaximumCost
from serving.gateway.group_commit import Groups
from serving.models import Invocation
from youman.core.runtime import metrics

_COLUMNS = ", ".join(str(one.column) for one in Invocation._meta.concrete_fields)
_FIELDS = tuple((str(one.column), one.attname) for one in Invocation._meta.concrete_fields)
# Rows go as JSON, so that the statement is the same, and prepared, for any number of them. Money goes as text.
_INSERT = f"""
INSERT INTO serving_invocation ({_COLUMNS})
SELECT {_COLUMNS} FROM jsonb_populate_recordset(NULL::serving_invocation, %s::jsonb)
ON CONFLICT (id) DO NOTHING"""  # noqa: S608  # our own columns
# Periods are locked in the order of their ids; otherwise two processes with the same two periods could deadlock.
_SETTLE = f"""
WITH written AS ({_INSERT} RETURNING id), ended AS (
  SELECT one.* FROM jsonb_to_recordset(%s::jsonb) AS one (period bigint, invocation uuid, money numeric, tokens bigint)
  JOIN written ON written.id = one.invocation
), held AS (
  DELETE FROM serving_reservation AS kept USING ended
  WHERE kept.period_id = ended.period AND kept.invocation = ended.invocation
  RETURNING kept.period_id AS period, kept.money, kept.tokens
), locked AS (
  SELECT id FROM serving_budgetperiod WHERE id IN (SELECT period FROM ended) ORDER BY id FOR NO KEY UPDATE
), moves AS (
  SELECT locked.id, spent.money, spent.tokens,
    COALESCE(back.money, 0) AS money_back, COALESCE(back.tokens, 0) AS tokens_back
  FROM locked
  JOIN (SELECT period, sum(money) AS money, sum(tokens) AS tokens FROM ended GROUP BY period) AS spent
    ON spent.period = locked.id
  LEFT JOIN (SELECT period, sum(money) AS money, sum(tokens) AS tokens FROM held GROUP BY period) AS back
    ON back.period = locked.id
)
UPDATE serving_budgetperiod AS budget SET
  money_reserved = money_reserved - moves.money_back, tokens_reserved = tokens_reserved - moves.tokens_back,
  money_spent = money_spent + moves.money, tokens_spent = tokens_spent + moves.tokens
FROM moves WHERE budget.id = moves.id"""  # noqa: S608  # our own columns


@dataclass(frozen=True, slots=True)
class Booking:
    """A row that is due, what is held for it, and the row as JSON, as the journal and the statement take it."""

    made: Invocation
    hold: BudgetHold
    row: str

    def line(self, *, is_sent: bool) -> str:
        """A line of the journal: of a call that is being sent, or of what came back."""
        most = self.hold.maximum
        hold = json.dumps({"periods": self.hold.periods, "money": f"{most.money:f}", "tokens": most.tokens})
        return f'{{"sent":{"true" if is_sent else "false"},"hold":{hold},"row":{self.row}}}\n'


def booking_of(made: Invocation, hold: BudgetHold) -> Booking:
    """Return the booking of a row that was not saved."""
    return Booking(made, hold, json.dumps({name: getattr(made, attname) for name, attname in _FIELDS}, default=_plain))


def booking_from(row: Mapping[str, object], periods: Iterable[int], most: MaximumCost) -> Booking:
    """Return the booking that became this JSON. Raises ValidationError, KeyError for what is none."""
    fields = {one.column: one for one in Invocation._meta.concrete_fields}
    made = Invocation(**{fields[name].attname: fields[name].to_python(value) for name, value in row.items()})
    return booking_of(made, BudgetHold(made.pk, most, tuple(periods)))


def post_entry(made: Invocation, hold: BudgetHold) -> None:
    """Write the ledger's row and replace the budgets' bound by the actual cost, in one transaction. Idempotent."""
    post(booking_of(made, hold))


def post(booking: Booking) -> None:
    """Write a booking; see `post_entry`."""
    if connection.vendor != "postgresql" or len(booking.hold.periods) > 1:
        _step_by_step(booking.made, booking.hold)
    elif connection.in_atomic_block:
        _write([booking])  # it must be committed or rolled back with the rest of the caller's transaction
    else:
        _groups.post(booking)
    _count(booking.made)


def _count(made: Invocation) -> None:
    known = snapshot.current().deployments.values()
    name = next((row.name for row in known if row.pk == made.deployment_id), "retired")
    outcome = made.error or ("cached" if made.cached_hit else "ok")
    metrics.note_call(deployment=name, outcome=outcome, seconds=made.latency_ms / 1000, dollars=float(made.cost))


def _step_by_step(made: Invocation, hold: BudgetHold) -> None:
    with transaction.atomic():
        if Invocation.objects.filter(pk=made.pk).exists():
            return
        budgets.settle(hold, money=made.cost, tokens=made.tokens_in + made.tokens_out)
        made.save(force_insert=True)


def _write(bookings: Sequence[Booking]) -> None:
    rows = f"[{','.join(one.row for one in bookings)}]"
    ended = [_end(one.made, one.hold) for one in bookings if one.hold.periods]
    if ended:
        prepared_statements.run(_SETTLE, (rows, json.dumps(ended)))
    else:
        prepared_statements.run(_INSERT, (rows,))


def _end(made: Invocation, hold: BudgetHold) -> dict[str, object]:
    tokens = made.tokens_in + made.tokens_out
    return {"period": hold.periods[0], "invocation": str(hold.invocation), "money": f"{made.cost:f}", "tokens": tokens}


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"no column of the ledger holds a {type(value).__name__}")


_groups = Groups(_write)
