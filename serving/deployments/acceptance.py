"""Acceptance: the share of an answer's edits that writers kept, its mean over answers, and the gap of two means.

The latest outcome of an answer counts. Each answer counts once, however many edits it has, since the edits of one text
share their reader's mood; an answer that failed verification counts as nothing kept.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, Exists, F, FloatField, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast

from serving.models import InvocationOutcome

_JUDGED = Q(verified=False) | Q(accepted__gt=0) | Q(rejected__gt=0)
_SHARE = Cast("accepted", FloatField()) / (F("accepted") + F("rejected"))
SHARE = Case(When(verified=False, then=Value(0.0)), default=_SHARE, output_field=FloatField())


@dataclass(frozen=True, slots=True)
class AcceptanceStats:
    """The number of judged answers, the sum of their shares (0 to 1), and the sum of the squared shares."""

    answers: int = 0
    total: float = 0.0
    squares: float = 0.0

    @property
    def mean(self) -> float:
        return self.total / self.answers if self.answers else 0.0

    @property
    def error(self) -> float:
        """Standard error of the mean; at least the weight of half an answer, so that ten of ten are not certain."""
        if self.answers < 2:
            return 1.0
        variance = max(self.squares - self.total * self.mean, 0.0) / (self.answers - 1)
        return max(math.sqrt(variance / self.answers), 0.5 / self.answers)

    def plus(self, other: AcceptanceStats) -> AcceptanceStats:
        return AcceptanceStats(self.answers + other.answers, self.total + other.total, self.squares + other.squares)


@dataclass(frozen=True, slots=True)
class AcceptanceGap:
    """The difference of two means, with its standard error."""

    value: float
    error: float

    @property
    def z(self) -> float:
        return self.value / self.error


def acceptance_gap(mine: AcceptanceStats, theirs: AcceptanceStats) -> AcceptanceGap:
    """Return the mean of `mine` less the mean of `theirs`."""
    return AcceptanceGap(mine.mean - theirs.mean, math.hypot(mine.error, theirs.error))


def judged_outcomes() -> QuerySet[InvocationOutcome]:
    """Return the latest outcome of each invocation that somebody has decided on."""
    later = InvocationOutcome.objects.filter(invocation=OuterRef("invocation")).filter(
        Q(created_at__gt=OuterRef("created_at")) | Q(created_at=OuterRef("created_at"), id__gt=OuterRef("id"))
    )
    return InvocationOutcome.objects.filter(_JUDGED, ~Exists(later)).order_by()


def by_deployment(since: datetime, until: datetime) -> Mapping[int, AcceptanceStats]:
    """Return the statistics of the answers from `since` on and before `until`, by the deployment's id."""
    rows = (
        judged_outcomes()
        .filter(invocation__created_at__gte=since, invocation__created_at__lt=until)
        .annotate(share=SHARE)
        .values("invocation__deployment")
        .annotate(answers=Count("id"), total=Sum("share"), squares=Sum(F("share") * F("share")))
    )
    return {
        row["invocation__deployment"]: AcceptanceStats(row["answers"], row["total"], row["squares"]) for row in rows
    }
