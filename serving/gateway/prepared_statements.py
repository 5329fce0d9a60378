"""PostgreSQL's own way for the two statements of every call: bound by the server and prepared once a connection.

Django binds in the client and prepares nothing, which for the ledger's row costs more than the row itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection

PREPARE_AFTER = 3  # runs of the same statement on one connection


def run(sql: str, values: Sequence[object]) -> tuple[Any, ...] | None:
    """In the transaction that is open, else in one of its own. The first row that came back, where any does."""
    import psycopg

    # What Django's own cursor does, less its binding in the client; none of these is documented, all are in 5.2's base.
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    raw = connection.connection
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        if settings.DATABASE_PREPARE:
            raw.prepare_threshold = PREPARE_AFTER
        cursor.execute(sql, values)
        return cursor.fetchone() if cursor.description else None
