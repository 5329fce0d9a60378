"""The write that ends every call, as one statement where the database can: PostgreSQL, one budget at most.

Elsewhere (SQLite, several budgets, whose rows must be locked in order) the same happens step by step in a transaction.
"""

from __future__ import annotations

from django.db import connection, transaction

from serving import budgets
from serving.budgets import Hold
from serving.models import Invocation

_FIELDS = tuple(Invocation._meta.concrete_fields)
_COLUMNS, _PLACES = ", ".join(str(one.column) for one in _FIELDS), ", ".join(["%s"] * len(_FIELDS))
_INSERT = f"INSERT INTO serving_invocation ({_COLUMNS}) VALUES ({_PLACES})"  # noqa: S608  # our own columns
_SETTLE = f"""
WITH held AS (
  DELETE FROM serving_reservation WHERE period_id = %s AND invocation = %s RETURNING money, tokens
), moved AS (
  UPDATE serving_budgetperiod SET
    money_reserved = money_reserved - COALESCE((SELECT money FROM held), 0),
    tokens_reserved = tokens_reserved - COALESCE((SELECT tokens FROM held), 0),
    money_spent = money_spent + %s, tokens_spent = tokens_spent + %s
  WHERE id = %s
)
{_INSERT}"""  # noqa: S608  # our own columns


def post(made: Invocation, hold: Hold) -> None:
    """The ledger's row, and in the same moment the truth of the budgets instead of the bound."""
    if connection.vendor != "postgresql" or len(hold.periods) > 1:
        with transaction.atomic():
            budgets.settle(hold, money=made.cost, tokens=made.tokens_in + made.tokens_out)
            made.save(force_insert=True)
        return
    values = [one.get_db_prep_save(getattr(made, one.attname), connection) for one in _FIELDS]
    with connection.cursor() as cursor:
        if not hold.periods:
            cursor.execute(_INSERT, values)
            return
        period, tokens = hold.periods[0], made.tokens_in + made.tokens_out
        cursor.execute(_SETTLE, [period, hold.invocation, made.cost, tokens, period, *values])
