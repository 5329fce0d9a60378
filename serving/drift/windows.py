"""Reads the ledger for drift: binned counts of one deployment's calls on some days, without texts or single rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from serving.deployments.acceptance import AcceptanceStats, by_deployment
from serving.drift.statistics import Counts, DriftWindow
from serving.models import Invocation

_WORDS = (50, 100, 200, 400, 800, 1_600)
_TIMES = (0.1, 0.25, 0.5, 0.75, 1.0, 1.25)
_LONG, _MORE = "more words", "more than 1.25 of it"
# Words in and out in bins, the other fields by value.
_FEATURES: Mapping[str, Combinable] = {
    "length": Case(
        *(When(words_in__lte=most, then=Value(f"up to {most:,} words")) for most in _WORDS),
        default=Value(_LONG),
        output_field=CharField(),
    ),
    "answer": Case(
        *(When(words_out__lte=F("words_in") * most, then=Value(f"up to {most:g} of it")) for most in _TIMES),
        default=Value(_MORE),
        output_field=CharField(),
    ),
    "language": F("statistics__language"),
    "strategy": F("strategy"),
    "complexity": F("complexity"),
}


def window(deployment: int, since: datetime, until: datetime) -> DriftWindow:
    """Return the counts of a period; answers from the cache are left out, since they say nothing of the deployment."""
    rows = Invocation.objects.filter(
        deployment=deployment, created_at__gte=since, created_at__lt=until, cached_hit=False
    ).order_by()
    totals = rows.aggregate(calls=Count("id"), failed=Count("id", filter=~Q(error="")))
    answered = rows.filter(error="")
    return DriftWindow(
        totals["calls"],
        {name: _counts(answered, field) for name, field in _FEATURES.items()},
        totals["failed"],
        by_deployment(since, until).get(deployment, AcceptanceStats()),
    )


def _counts(rows: QuerySet[Invocation], field: Combinable) -> Counts:
    counted = rows.annotate(bin=field).values_list("bin").annotate(count=Count("id"))
    return {str(one): count for one, count in counted if one}  # older calls, without this value, are left out
