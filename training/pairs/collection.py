"""Collects pairs from finished rewrites with feedback. The rows decide what is new, so a killed run can be repeated.

It takes only accounts that consent, and only feedback that was given after the consent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from humanize.models import DecisionEvent, Edit, Feedback, Transformation
from humanize.states import Decision, State
from humanize.text.edits import apply
from humanize.transformations.decision_events import version_numbers
from humanize.transformations.row_mapping import edit_from_row
from training.models import CollectedFeedback, TrainingDataPoint
from training.pairs import statistics
from training.pairs.author_hash import hash_author
from training.pairs.ingest import IncomingPair, IngestResult, ingest_pairs

BATCH = 100


@dataclass(frozen=True, slots=True)
class CollectionReport:
    """How many rewrites with feedback were checked, and how many of them became pairs."""

    looked_at: int
    accepted: int


def collect(*, limit: int = 10_000) -> CollectionReport:
    """Collect what is new, batch by batch; each batch is stored whole or not at all. Idempotent."""
    looked_at = accepted = 0
    while looked_at < limit:
        batch = list(_waiting()[: min(BATCH, limit - looked_at)])
        if not batch:
            break
        accepted += _collect(batch)
        looked_at += len(batch)
    return CollectionReport(looked_at, accepted)


def _waiting() -> QuerySet[Feedback]:
    collected = "transformation__collected_feedback"
    later = DecisionEvent.objects.filter(
        transformation=OuterRef("transformation"), number__gt=OuterRef(f"{collected}__decision_number")
    )
    new = Q(**{collected: None}) | Q(**{f"{collected}__feedback_at__lt": F("created_at")}) | Exists(later)
    return (
        Feedback.objects.filter(
            new,
            transformation__state=State.COMPLETED,
            transformation__owner__consent_at__isnull=False,
            transformation__owner__consent_at__lte=F("created_at"),
        )
        .select_related("transformation__owner")
        .order_by("created_at", "id")
    )


@transaction.atomic
def _collect(batch: Sequence[Feedback]) -> int:
    _forget([feedback.transformation_id for feedback in batch])
    # Read before the edits: a decision that is made in between is found by the next run.
    numbers = version_numbers([feedback.transformation for feedback in batch])
    results = ingest_pairs([_pair(feedback) for feedback in batch])
    for feedback, result in zip(batch, results, strict=True):
        _note(feedback, result, numbers.get(feedback.transformation_id, 0))
    return sum(result.outcome == "accepted" for result in results)


def _note(feedback: Feedback, result: IngestResult, decision_number: int) -> None:
    values: dict[str, str | int | datetime] = {
        "feedback_at": feedback.created_at,
        "decision_number": decision_number,
        "outcome": result.outcome,
        "detail": result.detail[:200],
    }
    CollectedFeedback.objects.update_or_create(transformation_id=feedback.transformation_id, defaults=values)


def _forget(transformations: Sequence[UUID]) -> None:
    """Remove the pairs of feedback or decisions that have changed since; new pairs with new ids take their place."""
    old = list(TrainingDataPoint.objects.filter(transformation_id__in=transformations))
    if old:
        statistics.add_points(old, -1)
        TrainingDataPoint.objects.filter(pk__in=[point.pk for point in old]).delete()


def _pair(feedback: Feedback) -> IncomingPair:
    row = feedback.transformation
    edits = list(Edit.objects.filter(transformation=row).order_by("start", "end"))
    kept, share = _kept_text(row, feedback, edits)
    return IncomingPair(
        original=row.source,
        humanized=kept,
        strategy=row.register or row.strategy,
        level=row.level,
        language=row.detected_language,
        author=hash_author(row.owner),
        rating=feedback.rating,
        share_kept=share,
        contributor_id=row.owner_id,
        transformation_id=row.pk,
        consent_version=row.owner.consent_version,
        consent_at=row.owner.consent_at,
    )


def _kept_text(row: Transformation, feedback: Feedback, edits: Sequence[Edit]) -> tuple[str, float | None]:
    """Return the text that the author kept, and the share of the decided edits that were accepted.

    A final text that the author sent counts most, then the decisions. An undecided edit counts as kept only with a good
    rating.
    """
    decided = [edit for edit in edits if edit.decision != Decision.UNDECIDED]
    accepted = [edit for edit in decided if edit.decision == Decision.ACCEPTED]
    share = len(accepted) / len(decided) if decided else None
    if feedback.final_text.strip():
        return feedback.final_text, share
    liked = (feedback.rating or 0) >= 4
    taken = [edit for edit in edits if edit.decision == Decision.ACCEPTED or (liked and edit not in decided)]
    return apply(row.source, [edit_from_row(edit) for edit in taken]), share
