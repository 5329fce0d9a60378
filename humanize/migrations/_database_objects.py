"""What the models of humanize cannot say: decision events are never changed, and go only with their text or account.

PostgreSQL looks at the end of the transaction whether the text of a deleted event (or the account that decided) is gone
too, since Django deletes the events first. (SQLite empties tables by DELETE when tests reset it, so there only UPDATE is refused.) SQLite
makes a table anew when one of its columns changes and forgets the triggers, so `create` stays the last operation of the
migration.
"""

TABLE = "humanization_decisionevent"
_REFUSE = f"""
CREATE FUNCTION humanize_refuse_change() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION '{TABLE} is append-only'; END $$ LANGUAGE plpgsql
"""
_REFUSE_ALONE = f"""
CREATE FUNCTION humanize_refuse_deletion() RETURNS trigger AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM humanization_transformation WHERE id = OLD.transformation_id)
        AND (OLD.account_id IS NULL OR EXISTS (SELECT 1 FROM core_account WHERE id = OLD.account_id)) THEN
        RAISE EXCEPTION '{TABLE} is append-only: its rows go with their text or account';
    END IF;
    RETURN NULL;
END $$ LANGUAGE plpgsql
"""  # noqa: S608  # our own names


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
        )
        return
    schema_editor.execute(_REFUSE)
    schema_editor.execute(_REFUSE_ALONE)
    schema_editor.execute(
        f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION humanize_refuse_change()"
    )
    schema_editor.execute(
        f"CREATE CONSTRAINT TRIGGER {TABLE}_goes_with_its_text AFTER DELETE ON {TABLE} "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION humanize_refuse_deletion()"
    )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        schema_editor.execute(f"DROP TRIGGER {TABLE}_append_only")
        return
    schema_editor.execute(f"DROP TRIGGER {TABLE}_goes_with_its_text ON {TABLE}")
    schema_editor.execute(f"DROP TRIGGER {TABLE}_append_only ON {TABLE}")
    schema_editor.execute("DROP FUNCTION humanize_refuse_deletion()")
    schema_editor.execute("DROP FUNCTION humanize_refuse_change()")
