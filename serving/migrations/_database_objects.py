"""What the models of serving cannot express: the ledger refuses every UPDATE, and on PostgreSQL every DELETE.

(SQLite empties tables by DELETE when tests reset it, so there only UPDATE is refused.) SQLite rebuilds a table when
one of its columns changes and loses the triggers, so `create` stays the last operation of the migration.
"""

TABLES = ("serving_invocation", "serving_invocationoutcome")
_FUNCTION = """
CREATE FUNCTION serving_refuse_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'restrict_violation'; END $$ LANGUAGE plpgsql
"""


def create(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    if postgres:
        schema_editor.execute(_FUNCTION)
    for table in TABLES:
        schema_editor.execute(_postgres_trigger(table) if postgres else _sqlite_trigger(table))


def _postgres_trigger(table):
    return (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION serving_refuse_change()"
    )


def _sqlite_trigger(table):
    return (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    )


def drop(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER {table}_append_only" + (f" ON {table}" if postgres else ""))
    if postgres:
        schema_editor.execute("DROP FUNCTION serving_refuse_change()")
