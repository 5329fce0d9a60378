"""SQLite makes a table anew when a column changes and forgets its triggers: 0003 did so to the ledger.

Any later migration that changes a column of the two tables must end with `guard` too; a test of the embedded lane
finds out when one does not.
"""

from importlib import import_module

from django.db import migrations

first = import_module("serving.migrations.0002_append_only")


def guard(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    for table in first.TABLES:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only")
        schema_editor.execute(first._trigger("sqlite", table))


class Migration(migrations.Migration):
    dependencies = [("serving", "0005_outcome_recent")]
    operations = [migrations.RunPython(guard, migrations.RunPython.noop)]
