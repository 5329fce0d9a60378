"""Curves, down-sampled in the database, so that a thousand points and a hundred thousand cost the same to send."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Avg, BigIntegerField, ExpressionWrapper, F, Max, Min, Value

from training.models import JobMetric

MOST_POINTS = 2_000


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Mean, minimum and maximum of an interval of steps; `step` is its first. All are None if no value is finite."""

    step: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    key: str
    points: tuple[CurvePoint, ...]


def keys_of(job_id: UUID) -> list[str]:
    """Return the keys of a job's curves. It hops along the index, because a DISTINCT would read every point."""
    found: list[str] = []
    rows = JobMetric.objects.filter(job_id=job_id)
    while True:
        after = rows.filter(key__gt=found[-1]) if found else rows
        key = after.aggregate(key=Min("key"))["key"]
        if key is None:
            return found
        found.append(key)


@transaction.atomic
def curve(job_id: UUID, key: str, points: int = 500) -> Curve:
    """Return a curve in about `points` intervals of equal width at the most; a short curve is returned unchanged."""
    if connection.vendor == "postgresql":
        # Until its statistics include a new job, PostgreSQL expects one row and would sort a hundred thousand.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_sort = off")
    rows = JobMetric.objects.filter(job_id=job_id, key=key)
    ends = rows.aggregate(first=Min("step"), last=Max("step"))
    if ends["first"] is None:
        return Curve(key, ())
    width = max(1, -(-(ends["last"] - ends["first"] + 1) // points))
    bucket = ExpressionWrapper((F("step") - Value(ends["first"])) / Value(width), output_field=BigIntegerField())
    grouped = rows.annotate(bucket=bucket).values("bucket").order_by()
    intervals = grouped.annotate(first=Min("step"), mean=Avg("value"), low=Min("value"), high=Max("value"))
    values = intervals.values_list("first", "mean", "low", "high")
    return Curve(key, tuple(CurvePoint(*row) for row in sorted(values, key=lambda row: row[0])))
