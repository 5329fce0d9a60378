"""What the models of the registry cannot express: the ledger of aliases never changes, and full-text indexes.

(SQLite empties tables by DELETE when tests reset it, so there only UPDATE is refused.) SQLite rebuilds a table when
one of its columns changes and loses the triggers, so `create` stays the last operation of the migration.
"""

SEARCHED = ("registry_modelversion", "registry_registeredmodel")
_FUNCTION = """
CREATE FUNCTION registry_refuse_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'registry_aliasevent is append-only'; END $$ LANGUAGE plpgsql
"""


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        schema_editor.execute(
            "CREATE TRIGGER registry_aliasevent_append_only BEFORE UPDATE ON registry_aliasevent "
            "BEGIN SELECT RAISE(ABORT, 'registry_aliasevent is append-only'); END"
        )
        return
    schema_editor.execute(_FUNCTION)
    schema_editor.execute(
        "CREATE TRIGGER registry_aliasevent_append_only BEFORE UPDATE OR DELETE ON registry_aliasevent "
        "FOR EACH ROW EXECUTE FUNCTION registry_refuse_change()"
    )
    for table in SEARCHED:
        words = "to_tsvector('simple'::regconfig, COALESCE(search_text, ''))"
        schema_editor.execute(f"CREATE INDEX {table}_words ON {table} USING gin ({words})")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        schema_editor.execute("DROP TRIGGER registry_aliasevent_append_only")
        return
    for table in SEARCHED:
        schema_editor.execute(f"DROP INDEX {table}_words")
    schema_editor.execute("DROP TRIGGER registry_aliasevent_append_only ON registry_aliasevent")
    schema_editor.execute("DROP FUNCTION registry_refuse_change()")
