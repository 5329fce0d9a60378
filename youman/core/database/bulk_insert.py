"""Inserts many narrow rows in one statement. On PostgreSQL, `unnest` is ten times as fast as `VALUES`."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, models

_BATCH = 2_000
_PLAIN = (models.IntegerField, models.UUIDField)


def insert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    ignore_conflicts: bool = False,
) -> None:
    """Insert `rows`, whose values are in the order of `columns` (the names of the database columns).

    With `ignore_conflicts`, existing rows stay unchanged; otherwise a conflict raises IntegrityError.
    """
    if not rows:
        return
    if connection.vendor == "postgresql":
        _unnest(model, columns, rows, ignore_conflicts)
        return
    made = [model(**dict(zip(columns, row, strict=True))) for row in rows]
    model._default_manager.bulk_create(made, batch_size=_BATCH, ignore_conflicts=ignore_conflicts)


def _unnest(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[object]], ignore_conflicts: bool
) -> None:
    fields = {field.column: field for field in model._meta.concrete_fields}
    types = [f"%s::{fields[name].db_type(connection)}[]" for name in columns]
    table, names = connection.ops.quote_name(model._meta.db_table), ", ".join(map(connection.ops.quote_name, columns))
    conflict = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    statement = f"INSERT INTO {table} ({names}) SELECT * FROM unnest({', '.join(types)}){conflict}"  # noqa: S608  # names of the model, quoted
    with connection.cursor() as cursor:
        columns_given = zip(columns, zip(*rows, strict=True), strict=True)
        cursor.execute(statement, [_array(fields[name], values) for name, values in columns_given])


def _array(field: models.Field[object, object], values: Sequence[object]) -> str | list[object]:
    """Return numbers and ids as one literal, because the driver visits each element of a list three times."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    if None in values or not isinstance(target, _PLAIN):
        return list(values)
    return "{" + ",".join(map(str, values)) + "}"
