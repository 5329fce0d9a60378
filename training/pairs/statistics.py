"""The number of pairs by dimension, updated with each change, so that statistics cost the same for any number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Case, Count, Sum, Value, When

from training.models import PointCount, TrainingDataPoint

DIMENSIONS = ("split", "language", "domain", "strategy", "source")
_LOCK = 7_203_114  # any number that no other advisory lock of this project uses
_UPSERT = """
    INSERT INTO {table} (dimension, value, count, scored, quality_sum) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (dimension, value) DO UPDATE SET count = {table}.count + excluded.count,
        scored = {table}.scored + excluded.scored, quality_sum = {table}.quality_sum + excluded.quality_sum
"""


@dataclass(slots=True)
class _Sum:
    count: int = 0
    scored: int = 0
    quality: float = 0.0


def lock_statistics() -> None:
    """Lock entry, removal and recount until the end of the transaction.

    Two batches at once would not see each other's near duplicates, and a recount at the same time would miss a batch.
    SQLite has only one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def add_points(points: Iterable[TrainingDataPoint], sign: int = 1) -> None:
    """Add points to the counts, or subtract them if `sign` is -1.

    Call it inside the transaction that stores or removes them.
    """
    totals: dict[tuple[str, str], _Sum] = {}
    for point in points:
        for key in (("all", ""), *((dimension, _value(point, dimension)) for dimension in DIMENSIONS)):
            total = totals.setdefault(key, _Sum())
            total.count += sign
            if point.quality is not None:
                total.scored += sign
                total.quality += sign * point.quality
    statement = _UPSERT.format(table=connection.ops.quote_name(PointCount._meta.db_table))
    # Always in the same order, so that two writers cannot deadlock.
    rows = [(*key, total.count, total.scored, total.quality) for key, total in sorted(totals.items())]
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


@transaction.atomic
def recount() -> None:
    """Compute the counts anew from the rows. Runs once a day and corrects what cascading deletes did not subtract."""
    lock_statistics()
    PointCount.objects.all().delete()
    source = Case(When(transformation=None, then=Value("imports")), default=Value("rewrites"))
    points = TrainingDataPoint.objects.annotate(source=source, all=Value(""))
    for dimension in ("all", *DIMENSIONS):
        grouped = points.values_list(dimension).annotate(Count("id"), Count("quality"), Sum("quality")).order_by()
        PointCount.objects.bulk_create(
            PointCount(dimension=dimension, value=value, count=count, scored=scored, quality_sum=total or 0.0)
            for value, count, scored, total in grouped
        )


def _value(point: TrainingDataPoint, dimension: str) -> str:
    if dimension == "source":
        return "rewrites" if point.transformation_id else "imports"
    return str(getattr(point, dimension))
