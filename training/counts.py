"""The counts of points by dimension, kept as points come and go, so that the stats page is flat to any size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, F

from training.models import PointCount, TrainingDataPoint

DIMENSIONS = ("split", "language", "domain", "strategy", "source")
_SOURCE_FIELD = "transformation_id"


def add(points: Iterable[TrainingDataPoint], sign: int = 1) -> None:
    """Book points in (or out, with -1). Inside the transaction that stores or removes them."""
    found: Counter[tuple[str, str]] = Counter()
    for point in points:
        found.update((dimension, _value(point, dimension)) for dimension in DIMENSIONS)
        found["all", ""] += 1
    # In one order, so that two writers never wait for each other in a ring.
    for (dimension, value), number in sorted(found.items()):
        row, _ = PointCount.objects.get_or_create(dimension=dimension, value=value)
        PointCount.objects.filter(pk=row.pk).update(count=F("count") + sign * number)


@transaction.atomic
def recount() -> None:
    """From the rows themselves: mends what deletes by cascade left behind. Runs once a day."""
    PointCount.objects.all().delete()
    rows = [PointCount(dimension="all", value="", count=TrainingDataPoint.objects.count())]
    for field in ("split", "language", "domain", "strategy"):
        grouped = TrainingDataPoint.objects.values_list(field).annotate(n=Count("id")).order_by(field)
        rows += [PointCount(dimension=field, value=value, count=n) for value, n in grouped]
    collected = TrainingDataPoint.objects.exclude(**{_SOURCE_FIELD: None}).count()
    rows += [
        PointCount(dimension="source", value="rewrites", count=collected),
        PointCount(dimension="source", value="imports", count=rows[0].count - collected),
    ]
    PointCount.objects.bulk_create(rows)


def _value(point: TrainingDataPoint, dimension: str) -> str:
    if dimension == "source":
        return "rewrites" if point.transformation_id else "imports"
    return str(getattr(point, dimension))
