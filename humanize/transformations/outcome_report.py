"""Reports to serving what a writer did with the edits of each call; serving learns each deployment's quality from it.

Serving only appends rows, so a report is sent only when it differs from the last one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from humanize.models import Edit, Feedback, Transformation
from humanize.states import Decision
from serving.gateway.outcomes import record_outcome
from serving.models import InvocationOutcome


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """The numbers of accepted, rejected and undecided edits of one call, and the writer's rating of the whole text."""

    accepted: int
    rejected: int
    undecided: int
    rating: int | None


def report(transformation: Transformation) -> int:
    """Report what has changed since the last report; return for how many calls that was the case.

    Idempotent. Edits of the rules are not reported, since no call made them.
    """
    counts = _counts(transformation)
    if not counts:
        return 0
    rating = Feedback.objects.filter(transformation=transformation).values_list("rating", flat=True).first()
    told = _told(counts)
    news = 0
    for invocation, found in sorted(counts.items()):
        verdict = CallOutcome(
            found[Decision.ACCEPTED.value], found[Decision.REJECTED.value], found[Decision.UNDECIDED.value], rating
        )
        if told.get(invocation) != verdict and (verdict.accepted or verdict.rejected or rating or invocation in told):
            _tell(invocation, verdict)
            news += 1
    return news


def _tell(invocation: UUID, verdict: CallOutcome) -> None:
    record_outcome(
        invocation_id=invocation,
        accepted=verdict.accepted,
        rejected=verdict.rejected,
        undecided=verdict.undecided,
        rating=verdict.rating,
    )


def _counts(transformation: Transformation) -> dict[UUID, Counter[str]]:
    rows = Edit.objects.filter(transformation=transformation, invocation__isnull=False)
    counts: dict[UUID, Counter[str]] = defaultdict(Counter)
    for invocation, decision, number in rows.values_list("invocation", "decision").annotate(n=Count("id")).order_by():
        if invocation is not None:
            counts[invocation][decision] = number
    return counts


def _told(invocations: Iterable[UUID]) -> dict[UUID, CallOutcome]:
    """Return the latest report on each call."""
    rows = InvocationOutcome.objects.filter(invocation__in=list(invocations)).order_by("created_at", "id")
    return {row.invocation_id: CallOutcome(row.accepted, row.rejected, row.undecided, row.rating) for row in rows}
