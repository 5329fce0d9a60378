"""The write that ends every call: the ledger's row and the actual cost in the budgets, in one transaction.

On PostgreSQL it is one statement for all calls of this process that end at about the same time: while the statement of
one thread runs, the others queue, and the next takes all of them. Nobody continues before their row is committed.
Elsewhere (SQLite, or several budgets, whose rows must be locked in order) it happens step by step in a transaction.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction

from serving.gateway import budgets, prepared_statements
from serving.gateway.budgets import BudgetHold
from serving.gateway.group_commit import Groups
from serving.models import Invocation

_NAMES = tuple(str(one.column) for one in Invocation._meta.concrete_fields)
_ATTRIBUTES = tuple((str(one.column), one.attname) for one in Invocation._meta.concrete_fields)
_COLUMNS = ", ".join(_NAMES)
# Rows go as JSON, so that the statement is the same, and prepared, for any number of them. Money goes as text.
_ROWS = "jsonb_populate_recordset(NULL::serving_invocation, %s::jsonb)"
_INSERT = f"INSERT INTO serving_invocation ({_COLUMNS}) SELECT {_COLUMNS} FROM {_ROWS}"  # noqa: S608  # our own columns
# Periods are locked in the order of their ids; otherwise two processes with the same two periods could deadlock.
_SETTLE = f"""
WITH ended AS (
  SELECT * FROM jsonb_to_recordset(%s::jsonb) AS one (period bigint, invocation uuid, money numeric, tokens bigint)
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
), moved AS (
  UPDATE serving_budgetperiod AS budget SET
    money_reserved = money_reserved - moves.money_back, tokens_reserved = tokens_reserved - moves.tokens_back,
    money_spent = money_spent + moves.money, tokens_spent = tokens_spent + moves.tokens
  FROM moves WHERE budget.id = moves.id
)
{_INSERT}"""  # noqa: S608  # our own columns


def post_entry(invocation: Invocation, hold: BudgetHold) -> None:
    """Write the ledger's row and replace the budgets' bound by the actual cost, in one transaction."""
    if connection.vendor != "postgresql" or len(hold.periods) > 1:
        _step_by_step(invocation, hold)
    elif connection.in_atomic_block:
        _write([(invocation, hold)])  # it must be committed or rolled back with the rest of the caller's transaction
    else:
        _groups.post((invocation, hold))


def _step_by_step(made: Invocation, hold: BudgetHold) -> None:
    with transaction.atomic():
        budgets.settle(hold, money=made.cost, tokens=made.tokens_in + made.tokens_out)
        made.save(force_insert=True)


def _write(calls: Sequence[tuple[Invocation, BudgetHold]]) -> None:
    facts = [{name: getattr(made, attname) for name, attname in _ATTRIBUTES} for made, _ in calls]
    rows = json.dumps(facts, default=_plain)
    ended = [_end(made, hold) for made, hold in calls if hold.periods]
    if ended:
        prepared_statements.run(_SETTLE, (json.dumps(ended), rows))
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
