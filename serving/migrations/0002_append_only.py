"""The ledger refuses every UPDATE in the database itself; PostgreSQL refuses DELETE too.

(SQLite empties tables by DELETE when tests reset it, so there only UPDATE is refused.)
"""

from django.db import migrations

TABLES = ("serving_invocation", "serving_invocationoutcome")

PG_FUNCTION = """
CREATE FUNCTION serving_refuse_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'restrict_violation'; END $$ LANGUAGE plpgsql
"""


def forwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(PG_FUNCTION)
    for table in TABLES:
        schema_editor.execute(_trigger(schema_editor.connection.vendor, table))


def _trigger(vendor, table):
    if vendor == "postgresql":
        return (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION serving_refuse_change()"
        )
    return (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    )


def backwards(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER {table}_append_only" + (f" ON {table}" if postgres else ""))
    if postgres:
        schema_editor.execute("DROP FUNCTION serving_refuse_change()")


class Migration(migrations.Migration):
    dependencies = [("serving", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
