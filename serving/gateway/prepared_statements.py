"""Runs the two statements of every call on PostgreSQL, bound by the server and prepared once per connection.

Django binds in the client and prepares nothing, which for the ledger's row takes longer than writing the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection

PREPARE_AFTER = 3  # runs of the same statement on one connection


def run(sql: str, values: Sequence[object]) -> tuple[Any, ...] | None:
    """Run a statement in the open transaction, or in one of its own. Return the first row, if there is one."""
    import psycopg

    # Like Django's own cursor, without binding in the client. The calls are undocumented; Django 5.2 has them all.
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    raw = connection.connection
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        if settings.DATABASE_PREPARE:
            raw.prepare_threshold = PREPARE_AFTER
        cursor.execute(sql, values)
        return cursor.fetchone() if cursor.description else None
